#include "checks.h"

#include <algorithm>

#include "utf8.h"

namespace pitview::messaging {

bool is_text(std::string_view text, Lines lines) {
  while (!text.empty()) {
    const auto code = next_code_point(text);
    if (!code) return false;
    const bool breaks_line = *code == U'\n' || *code == U'\r' || *code == U'\t' || *code == 0x2028 || *code == 0x2029;
    if (breaks_line && lines == Lines::several) continue;
    if (breaks_line || *code < 0x20 || (*code >= 0x7F && *code < 0xA0)) return false;
  }
  return true;
}

bool is_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
             std::string_view::npos;
}

bool is_loopback(std::string_view host) noexcept {
  return host == "127.0.0.1" || host == "[::1]" || host == "::1" || host == "localhost";
}

Delivery refused(std::string reason, std::string code) {
  return {.outcome = Delivery::Outcome::refused, .reason = std::move(reason), .code = std::move(code)};
}

}  // namespace pitview::messaging
