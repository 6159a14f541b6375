#include "core/base/text.h"

#include <cmath>
#include <cstring>

namespace pitview::fw {

TextWriter& TextWriter::operator<<(std::string_view text) {
  if (text.size() > capacity_ - size_) {
    overflowed_ = true;
    text = text.substr(0, capacity_ - size_);
  }
  if (!text.empty()) std::memcpy(buffer_ + size_, text.data(), text.size());
  size_ += text.size();
  return *this;
}

TextWriter& TextWriter::number(std::uint64_t value) {
  char digits[20];
  std::size_t first = sizeof digits;
  do {
    digits[--first] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return *this << std::string_view(digits + first, sizeof digits - first);
}

TextWriter& TextWriter::signed_number(std::int64_t value) {
  if (value < 0) *this << '-';
  return number(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
}

TextWriter& TextWriter::decimal(double value, int decimals) {
  if (!std::isfinite(value) || std::fabs(value) >= 1e12) return *this << "null";
  std::int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const std::int64_t scaled = std::llround(value * static_cast<double>(scale));
  if (scaled < 0) *this << '-';
  const auto magnitude = static_cast<std::uint64_t>(scaled < 0 ? -scaled : scaled);
  number(magnitude / static_cast<std::uint64_t>(scale));
  if (decimals == 0) return *this;
  *this << '.';
  std::uint64_t rest = magnitude % static_cast<std::uint64_t>(scale);
  for (std::int64_t digit = scale / 10; digit != 0; digit /= 10) {
    *this << static_cast<char>('0' + rest / static_cast<std::uint64_t>(digit));
    rest %= static_cast<std::uint64_t>(digit);
  }
  return *this;
}

TextWriter& TextWriter::json_string(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  *this << '"';
  for (char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      *this << '\\' << c;
    } else if (byte < 0x20) {
      *this << "\\u00" << kHex[byte >> 4] << kHex[byte & 15];
    } else {
      *this << c;
    }
  }
  return *this << '"';
}

}  // namespace pitview::fw
