#include "pitview/messaging/form.h"

#include <algorithm>

#include "encoding.h"

namespace pitview::messaging {
namespace {

constexpr std::size_t kMaxPairs = 200;

int value_of_hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = value_of_hex(text[i + 1]);
    const int low = value_of_hex(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace

std::string write_form(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form)
    out.append(out.empty() ? "" : "&").append(percent_encoded(name)).append("=").append(percent_encoded(value));
  return out;
}

std::optional<Form> parse_form(std::string_view body) {
  Form form;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (form.size() == kMaxPairs) return std::nullopt;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals));
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return std::nullopt;
    form.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

std::optional<std::string> value_of(const Form& form, std::string_view name) {
  std::optional<std::string> found;
  for (const auto& [known, value] : form) {
    if (known != name) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

}  // namespace pitview::messaging
