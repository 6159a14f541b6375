#include "pitview/json/canonical.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace pitview::json {
namespace {

// RFC 8785 §3.2.2.2. Stricter than append_json_string(), which may escape as it likes.
void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"': out.append("\\\""); break;
      case '\\': out.append("\\\\"); break;
      case '\b': out.append("\\b"); break;
      case '\t': out.append("\\t"); break;
      case '\n': out.append("\\n"); break;
      case '\f': out.append("\\f"); break;
      case '\r': out.append("\\r"); break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out.append("\\u00").append(1, c >= 0x10 ? '1' : '0').append(1, kHex[static_cast<std::size_t>(c & 0xf)]);
        else
          out.push_back(c);
    }
  }
  out.push_back('"');
}

// ECMA-262, Number::toString with radix 10: the shortest digits that read back as the same.
void append_number(std::string& out, double number) {
  if (number == 0) {
    out.push_back('0');  // -0 too
    return;
  }
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.begin(), buffer.end(), std::fabs(number), std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  const std::size_t mark = text.find('e');
  std::string digits(text.substr(0, 1));
  if (mark > 2) digits.append(text.substr(2, mark - 2));
  int exponent = 0;
  const char* from = text.data() + mark + 1;
  if (*from == '+') ++from;
  std::from_chars(from, text.data() + text.size(), exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before it
  if (number < 0) out.push_back('-');
  if (point >= count && point <= 21) {
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
  } else if (point > 0 && point <= 21) {
    out.append(digits, 0, static_cast<std::size_t>(point)).append(".").append(digits, static_cast<std::size_t>(point));
  } else if (point > -6 && point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else {
    out.append(digits, 0, 1);
    if (count > 1) out.append(".").append(digits, 1);
    out.append(exponent < 0 ? "e-" : "e+").append(std::to_string(std::abs(exponent)));
  }
}

// A key that orders valid UTF-8 as its UTF-16 would be: only what is above U+FFFF lies elsewhere.
std::u16string utf16_of(std::string_view text) {
  std::u16string units;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length; ++k) point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    if (point > 0xffff) {
      units.push_back(static_cast<char16_t>(0xd800 + ((point - 0x10000) >> 10)));
      point = 0xdc00 + ((point - 0x10000) & 0x3ff);
    }
    units.push_back(static_cast<char16_t>(point));
    i += length;
  }
  return units;
}

void append(std::string& out, View value);

void append_array(std::string& out, View array) {
  out.push_back('[');
  bool first = true;
  for (auto element = array.first(); element; element = element->next()) {
    if (!std::exchange(first, false)) out.push_back(',');
    append(out, *element);
  }
  out.push_back(']');
}

void append_object(std::string& out, View object) {
  std::vector<std::pair<std::u16string, View>> members;
  for (auto member = object.first(); member; member = member->next())
    members.emplace_back(utf16_of(member->name()), *member);
  std::ranges::sort(members, {}, [](const auto& member) -> const std::u16string& { return member.first; });
  out.push_back('{');
  bool first = true;
  for (const auto& [name, member] : members) {
    if (!std::exchange(first, false)) out.push_back(',');
    append_string(out, member.name());
    out.push_back(':');
    append(out, member);
  }
  out.push_back('}');
}

void append(std::string& out, View value) {
  switch (value.kind()) {
    case Kind::null: out.append("null"); return;
    case Kind::boolean: out.append(value.as_bool() ? "true" : "false"); return;
    case Kind::number: return append_number(out, value.as_double());
    case Kind::string: return append_string(out, value.as_string());
    case Kind::array: return append_array(out, value);
    case Kind::object: return append_object(out, value);
  }
}

}  // namespace

std::string canonical(View value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace pitview::json
