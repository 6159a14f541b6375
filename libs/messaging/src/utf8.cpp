#include "utf8.h"

namespace pitview::messaging {

std::optional<char32_t> next_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80         ? 1
                           : first >> 5 == 0x6  ? 2
                           : first >> 4 == 0xE  ? 3
                           : first >> 3 == 0x1E ? 4
                                                : 0;
  char32_t code = size == 1 ? first : size == 0 ? 0 : first & (0x7FU >> size);
  bool is_good = size != 0 && size <= text.size();
  for (std::size_t i = 1; is_good && i < size; ++i) {
    is_good = (byte(i) & 0xC0U) == 0x80;
    code = code << 6 | (byte(i) & 0x3FU);
  }
  static constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // of so many bytes
  is_good = is_good && code >= kLeast[size] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  text.remove_prefix(is_good ? size : 1);
  return is_good ? std::optional(code) : std::nullopt;
}

std::optional<std::size_t> length_of(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count)
    if (!next_code_point(text)) return std::nullopt;
  return count;
}

}  // namespace pitview::messaging
