#include "pitview/json/types.h"

#include <algorithm>

#include "utf8.h"

namespace pitview::json {
namespace {

std::string characters(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

std::optional<std::string> check_length(std::size_t length, std::size_t min, std::size_t max) {
  if (length == 0 && min > 0) return "must not be empty";
  if (length < min) return "must have at least " + characters(min);
  if (length > max) return "must have at most " + characters(max);
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A host name of at least two labels (RFC 1123); punycode for anything else.
bool is_domain(std::string_view domain) {
  std::size_t labels = 0;
  while (true) {
    const std::string_view label = domain.substr(0, domain.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-'; })) return false;
    ++labels;
    if (label.size() == domain.size()) return labels >= 2;
    domain.remove_prefix(label.size() + 1);
  }
}

// The characters of RFC 5322's dot-atom.
bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(), [](char c) {
    return is_alnum(c) || std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  });
}

std::string trimmed(std::string text) {
  constexpr std::string_view kWhite = " \t\r\n";
  text.erase(text.find_last_not_of(kWhite) + 1);
  text.erase(0, std::min(text.find_first_not_of(kWhite), text.size()));
  return text;
}

}  // namespace

std::optional<std::string> ValueTraits<Timestamp>::read(const std::string& wire, Timestamp& out) {
  const std::optional<Timestamp> parsed = parse_iso8601(wire);
  if (!parsed) return "must be a time such as 2026-02-20T22:30:00Z";
  out = *parsed;
  return std::nullopt;
}

std::optional<std::string> check_id(std::int64_t wire) {
  if (wire < 1) return "must be a positive number";
  return std::nullopt;
}

std::optional<std::string> ValueTraits<Phone>::read(const std::string& wire, Phone& out) {
  std::string digits;
  std::copy_if(wire.begin(), wire.end(), std::back_inserter(digits),
               [](char c) { return std::string_view(" -()").find(c) == std::string_view::npos; });
  const bool shaped = digits.size() >= 9 && digits.size() <= 16 && digits[0] == '+' && digits[1] != '0' &&
                      std::all_of(digits.begin() + 1, digits.end(), is_digit);
  if (!shaped) return "must be a telephone number with its country code, such as +919876543210";
  out.value = std::move(digits);
  return std::nullopt;
}

Schema ValueTraits<Phone>::schema() {
  return {{}, "string", R"("format":"phone","description":"E.164: + and 8 to 15 digits")", false};
}

std::optional<std::string> ValueTraits<Email>::read(std::string wire, Email& out) {
  wire = trimmed(std::move(wire));
  const std::size_t at = wire.rfind('@');
  const std::string_view view = wire;
  if (wire.size() > 254 || at == std::string::npos || !is_local_part(view.substr(0, at)) ||
      !is_domain(view.substr(at + 1)))
    return "must be an e-mail address";
  out.value = std::move(wire);
  return std::nullopt;
}

Schema ValueTraits<Email>::schema() { return {{}, "string", R"("format":"email","maxLength":254)", false}; }

namespace detail {

std::optional<std::string> check_text(std::string wire, std::size_t min, std::size_t max, Breaks breaks,
                                      std::string& out) {
  wire = trimmed(std::move(wire));
  std::size_t length = 0;
  for (std::string_view rest = wire; !rest.empty(); ++length) {
    const std::optional<char32_t> point = take_code_point(rest);
    if (!point) return "must be valid UTF-8 text";
    const bool is_break = *point == '\n' || *point == '\r' || *point == '\t';
    const bool is_control = *point < 0x20 || (*point >= 0x7F && *point <= 0x9F);
    if (is_control && !(is_break && breaks == Breaks::allowed)) return "must not contain control characters";
  }
  if (auto fault = check_length(length, min, max)) return fault;
  out = std::move(wire);
  return std::nullopt;
}

std::optional<std::string> check_secret(std::string wire, std::size_t min, std::size_t max, std::string& out) {
  if (auto fault = check_length(wire.size(), min, max)) return fault;
  out = std::move(wire);
  return std::nullopt;
}

std::optional<std::string> check_range(std::int64_t wire, std::int64_t min, std::int64_t max) {
  if (wire >= min && wire <= max) return std::nullopt;
  return "must be between " + std::to_string(min) + " and " + std::to_string(max);
}

Schema text_schema(std::size_t min, std::size_t max, std::string_view format) {
  std::string rest;
  if (!format.empty()) rest.append("\"format\":\"").append(format).append("\",");
  rest.append("\"minLength\":" + std::to_string(min) + ",\"maxLength\":" + std::to_string(max));
  return {{}, "string", std::move(rest), false};
}

Schema range_schema(std::int64_t min, std::int64_t max) {
  return {{},
          "integer",
          "\"format\":\"int64\",\"minimum\":" + std::to_string(min) + ",\"maximum\":" + std::to_string(max),
          false};
}

}  // namespace detail
}  // namespace pitview::json
