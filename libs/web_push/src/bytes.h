// Keys are arrays, what is hashed and written is text: the same bytes, seen as the other.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace pitview::web_push {

inline std::string_view text_of(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// Precondition: text.size() == Size.
template <std::size_t Size>
std::array<std::uint8_t, Size> array_of(std::string_view text) {
  std::array<std::uint8_t, Size> bytes{};
  std::copy(text.begin(), text.end(), bytes.begin());
  return bytes;
}

}  // namespace pitview::web_push
