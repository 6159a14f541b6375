// Views of bytes, as std::span would be in C++20. Nothing is owned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pitview::fw {

struct ByteView {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;

  constexpr ByteView() = default;
  constexpr ByteView(const std::uint8_t* begin, std::size_t count) : data(begin), size(count) {}
  template <std::size_t N>
  constexpr ByteView(const std::uint8_t (&array)[N]) : data(array), size(N) {}  // NOLINT(google-explicit-constructor)
  explicit ByteView(std::string_view text)
      : data(reinterpret_cast<const std::uint8_t*>(text.data())), size(text.size()) {}

  std::string_view text() const { return {reinterpret_cast<const char*>(data), size}; }
};

struct MutableBytes {
  std::uint8_t* data = nullptr;
  std::size_t size = 0;

  constexpr MutableBytes() = default;
  constexpr MutableBytes(std::uint8_t* begin, std::size_t count) : data(begin), size(count) {}
  template <std::size_t N>
  constexpr MutableBytes(std::uint8_t (&array)[N]) : data(array), size(N) {}  // NOLINT(google-explicit-constructor)

  operator ByteView() const { return {data, size}; }  // NOLINT(google-explicit-constructor)
};

}  // namespace pitview::fw
