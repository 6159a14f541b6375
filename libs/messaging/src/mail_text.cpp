#include "mail_text.h"

#include <algorithm>
#include <cstdio>

#include "checks.h"
#include "encoding.h"
#include "pitview/base/crypto.h"
#include "utf8.h"

namespace pitview::messaging {
namespace {

constexpr std::size_t kMaxSubject = 200;      // characters
constexpr std::size_t kMaxFileName = 200;     // bytes
constexpr std::size_t kMaxUrl = 900;          // bytes: a header line ends at 998
constexpr std::size_t kPlainHeader = 60;      // bytes that go beside a header's name into 78
constexpr std::size_t kEncodedBytes = 42;     // whose base64 in an encoded word stays within RFC 2047's 75
constexpr std::size_t kQuotedLine = 76;       // RFC 2045 §6.7 (5)
constexpr std::size_t kBase64Line = 76;       // §6.8
constexpr std::size_t kBase64LineBytes = 57;  // that give 76

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_content_type(std::string_view text) {
  constexpr std::string_view kToken = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-";
  const std::size_t slash = text.find('/');
  return text.size() <= 100 && slash != text.npos && slash > 0 && slash + 1 < text.size() &&
         text.substr(0, slash).find_first_not_of(kToken) == text.npos &&
         text.substr(slash + 1).find_first_not_of(kToken) == text.npos;
}

bool is_url(std::string_view text) {
  return text.size() <= kMaxUrl && (text.starts_with("https://") || text.starts_with("http://")) &&
         text.find_first_of("<> ,\"") == text.npos && is_ascii(text);
}

std::string with_name(const std::string& name, const std::string& address) {
  if (name.empty()) return address;
  if (!is_ascii(name) || name.size() > kPlainHeader || name.find("=?") != name.npos)
    return header_text(name) + "\r\n <" + address + ">";
  std::string quoted;
  for (const char c : name) quoted.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
  return "\"" + quoted + "\"\r\n <" + address + ">";
}

std::string base64_lines(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() / kBase64LineBytes * (kBase64Line + 2) + kBase64Line + 2);
  for (std::size_t at = 0; at < bytes.size(); at += kBase64LineBytes)
    out.append(base64(bytes.substr(at, kBase64LineBytes))).append("\r\n");
  return out;
}

std::string text_part(const std::string& subtype, std::string_view text) {
  return "Content-Type: text/" + subtype + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(text);
}

// Neither quoted-printable nor base64 has a "=_" in it, so that no part can hold the boundary.
std::string boundary_of(const Mail& mail, std::string_view of) {
  return "=_" + std::string(of) + "_" + crypto::sha256_hex(mail.key).substr(0, 24);
}

std::string multipart(const std::string& subtype, const std::string& boundary, const std::string& first,
                      const std::string& second) {
  return "Content-Type: multipart/" + subtype + ";\r\n boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" +
         first + "\r\n--" + boundary + "\r\n" + second + "\r\n--" + boundary + "--\r\n";
}

std::string body_of(const Mail& mail) {
  std::string body = text_part("plain", mail.text);
  if (!mail.html.empty())
    body = multipart("alternative", boundary_of(mail, "alternative"), body, text_part("html", mail.html));
  if (!mail.attachment) return body;
  const Attachment& attached = *mail.attachment;
  const std::string part = "Content-Type: " + attached.content_type +
                           "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n " +
                           file_name_parameter(attached.name) + "\r\n\r\n" + base64_lines(attached.bytes);
  return multipart("mixed", boundary_of(mail, "mixed"), body, part);
}

}  // namespace

std::string fault_of(const Mail& mail) {
  const auto subject = length_of(mail.subject);
  if (!is_key(mail.key)) return "The mail has no key.";
  if (!subject || *subject == 0 || *subject > kMaxSubject || !is_text(mail.subject, Lines::one))
    return "The subject is not one line of 1 to 200 characters.";
  if (mail.text.empty() || mail.text.size() > Smtp::kMaxText || mail.html.size() > Smtp::kMaxText)
    return "The text is empty or too long.";
  if (!is_text(mail.text, Lines::several) || !is_text(mail.html, Lines::several))
    return "The text is not UTF-8, or has control characters in it.";
  if (!mail.unsubscribe_url.empty() && !is_url(mail.unsubscribe_url)) return "The address to unsubscribe is no URL.";
  if (!mail.attachment) return {};
  const Attachment& attached = *mail.attachment;
  if (attached.bytes.size() > Smtp::kMaxAttachment) return "The attachment is too large.";
  if (attached.name.empty() || attached.name.size() > kMaxFileName || !is_text(attached.name, Lines::one) ||
      attached.name.find_first_of("/\\") != std::string::npos)
    return "The attachment's name is none of a file.";
  return is_content_type(attached.content_type) ? "" : "The attachment's type is none.";
}

std::string text_of(const Mail& mail, const SmtpOptions& options) {
  std::string text = "Date: " + rfc5322_date(mail.date) + "\r\n";
  text += "From: " + with_name(options.from_name, options.from) + "\r\n";
  if (!options.reply_to.empty()) text += "Reply-To: " + options.reply_to + "\r\n";
  text += "To: " + mail.to + "\r\n";
  text += "Subject: " + header_text(mail.subject) + "\r\n";
  text += "Message-ID: <" + message_id_of(mail, options) + ">\r\n";
  // RFC 3834: nobody's holiday answers a machine.
  text += "Auto-Submitted: auto-generated\r\n";
  if (!mail.unsubscribe_url.empty()) text += "List-Unsubscribe: <" + mail.unsubscribe_url + ">\r\n";
  return text + "MIME-Version: 1.0\r\n" + body_of(mail);
}

std::string message_id_of(const Mail& mail, const SmtpOptions& options) {
  return mail.key + options.from.substr(options.from.find('@'));
}

std::string quoted_printable(std::string_view utf8) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const char c = utf8[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < utf8.size() && utf8[i + 1] == '\n') ++i;
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == utf8.size() || utf8[i + 1] == '\r' || utf8[i + 1] == '\n';
    // White space at the end of a line gets lost on the way (rule 3).
    const bool is_plain = c > ' ' ? c <= '~' && c != '=' : (c == ' ' || c == '\t') && !ends_line;
    const std::size_t width = is_plain ? 1 : 3;
    if (column + width > kQuotedLine - (ends_line ? 0 : 1)) {
      out += "=\r\n";
      column = 0;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain)
      out += c;
    else
      out.append("=").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xFU]);
    column += width;
  }
  if (column > 0) out += "\r\n";
  return out;
}

std::string header_text(std::string_view utf8) {
  const bool has_edges = utf8.empty() || utf8.front() == ' ' || utf8.back() == ' ';
  if (is_ascii(utf8) && utf8.size() <= kPlainHeader && utf8.find("=?") == utf8.npos && !has_edges)
    return std::string(utf8);
  std::string out;
  while (!utf8.empty()) {
    // A character stays in one word (RFC 2047 §5).
    std::string_view rest = utf8;
    std::size_t size = 0;
    while (!rest.empty()) {
      next_code_point(rest);
      if (utf8.size() - rest.size() > kEncodedBytes) break;
      size = utf8.size() - rest.size();
    }
    out.append(out.empty() ? "" : "\r\n ").append("=?utf-8?B?").append(base64(utf8.substr(0, size))).append("?=");
    utf8.remove_prefix(size);
  }
  return out;
}

std::string rfc5322_date(Timestamp date) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(date);
  const std::chrono::year_month_day calendar(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(date - day));
  char text[48];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(calendar.day()),
                kMonths[static_cast<unsigned>(calendar.month()) - 1], static_cast<int>(calendar.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

std::string file_name_parameter(std::string_view utf8_name) {
  if (is_ascii(utf8_name) && utf8_name.size() <= kPlainHeader && utf8_name.find_first_of("\"\\") == utf8_name.npos)
    return "filename=\"" + std::string(utf8_name) + "\"";
  // RFC 2231 §4.1: in numbered pieces, because a line has its length; some readers want whole characters in each.
  std::string out;
  std::string piece = "utf-8''";
  for (int number = 0; !utf8_name.empty() || !piece.empty();) {
    std::string_view rest = utf8_name;
    if (!rest.empty()) next_code_point(rest);
    const std::string next = percent_encoded(utf8_name.substr(0, utf8_name.size() - rest.size()));
    if (utf8_name.empty() || piece.size() + next.size() > kPlainHeader) {
      out += (number == 0 ? "filename*" : ";\r\n filename*") + std::to_string(number) + "*=" + piece;
      ++number;
      piece.clear();
      if (utf8_name.empty()) break;
    }
    piece += next;
    utf8_name = rest;
  }
  return out;
}

}  // namespace pitview::messaging
