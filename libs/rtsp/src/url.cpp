#include "pitview/rtsp/url.h"

#include <algorithm>

#include "text.h"

namespace pitview::rtsp {
namespace {

constexpr std::string_view kScheme = "rtsp://";

Error fault(const char* what) { return {Errc::validation_failed, std::string("The camera's address ") + what, {}, 0}; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = text::lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view encoded) {
  std::string plain;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%' && i + 2 < encoded.size() && hex_digit(encoded[i + 1]) >= 0 &&
        hex_digit(encoded[i + 2]) >= 0) {
      plain.push_back(static_cast<char>(hex_digit(encoded[i + 1]) * 16 + hex_digit(encoded[i + 2])));
      i += 2;
    } else {
      plain.push_back(encoded[i]);
    }
  }
  return plain;
}

}  // namespace

std::string Url::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = std::string(kScheme) + (v6 ? "[" + host + "]" : host);
  if (port != 554) out += ":" + std::to_string(port);
  return out + target;
}

Result<Url> parse_url(std::string_view text) {
  if (!text::starts_with(text, kScheme)) return fault("must begin with rtsp://");
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }))
    return fault("must not hold spaces or control characters.");
  text.remove_prefix(kScheme.size());
  const std::size_t path = text.find_first_of("/?");
  std::string_view authority = text.substr(0, path);
  Url url;
  url.target = path == std::string_view::npos ? "/" : std::string(text.substr(path));
  if (url.target[0] == '?') url.target.insert(0, "/");

  // Passwords hold '@' now and then, though they should be encoded: the last one counts.
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    std::string_view user = authority.substr(0, at);
    url.username = percent_decoded(text::cut(user, ':'));
    url.password = percent_decoded(user);
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (!authority.empty() && authority[0] == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return fault("has a bracket without its twin.");
    url.host = std::string(authority.substr(1, close - 1));
    port = authority.substr(close + 1);
    if (!port.empty() && port[0] != ':') return fault("has something behind its bracket.");
    if (!port.empty()) port.remove_prefix(1);
  } else {
    url.host = std::string(text::cut(authority, ':'));
    port = authority;
  }
  if (url.host.empty()) return fault("has no host.");
  if (!port.empty()) {
    const auto number = text::number(port, 65'535);
    if (!number || *number == 0) return fault("has a port that is none.");
    url.port = static_cast<std::uint16_t>(*number);
  }
  return url;
}

std::string control_url(std::string_view base, std::string_view control) {
  if (control.empty() || control == "*") return std::string(base);
  if (text::starts_with(control, kScheme)) return std::string(control);
  std::string url(base);
  if (url.empty() || url.back() != '/') url += '/';
  if (control[0] == '/') control.remove_prefix(1);
  return url.append(control);
}

}  // namespace pitview::rtsp
