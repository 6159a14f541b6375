#include "messages/message_mail.h"

namespace pitview::messages {
namespace {

// For text and for attributes in double quotes.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n': out += "<br>\n"; break;
      default: out += c;
    }
  return out;
}

bool is_web_address(std::string_view link) { return link.starts_with("https://") || link.starts_with("http://"); }

std::string words_of(std::string_view text, std::string_view link) {
  std::string out;
  for (std::size_t at = 0; !link.empty() && (at = text.find(link)) != std::string_view::npos;) {
    out += escaped(text.substr(0, at)) + "<a href=\"" + escaped(link) + "\">" + escaped(link) + "</a>";
    text.remove_prefix(at + link.size());
  }
  return out + escaped(text);
}

}  // namespace

std::string mail_html(const MailPage& page) {
  const bool is_hindi = page.language == "hi";
  const std::string_view link = is_web_address(page.link) ? page.link : std::string_view();
  const std::string workshop = escaped(page.workshop);
  std::string html =
      "<!doctype html>\n<html lang=\"" + std::string(is_hindi ? "hi" : "en") +
      "\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" + workshop +
      "</title></head>\n"
      "<body style=\"margin:0;padding:24px;background:#f4f5f7;color:#1b1f24;"
      "font:16px/1.5 Arial,'Noto Sans Devanagari',sans-serif\">\n"
      "<div style=\"max-width:520px;margin:0 auto;padding:24px;background:#ffffff\">\n"
      "<p style=\"margin:0 0 16px;font-weight:bold\">" +
      workshop + "</p>\n<p style=\"margin:0 0 24px;word-wrap:break-word\">" + words_of(page.text, link) + "</p>\n";
  if (!link.empty())
    html +=
        "<p style=\"margin:0\"><a href=\"" + escaped(link) +
        "\" style=\"display:inline-block;padding:12px 20px;background:#0b5fff;color:#ffffff;text-decoration:none\">" +
        (is_hindi ? "अपनी गाड़ी देखें" : "See your car") + "</a></p>\n";
  return html + "</div>\n</body>\n</html>\n";
}

}  // namespace pitview::messages
