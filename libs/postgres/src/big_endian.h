// Numbers in network byte order, as PostgreSQL's binary formats have them.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pitview::postgres {

// Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL's time begins.
inline constexpr std::int64_t kPostgresEpochUs = 946'684'800'000'000;

template <std::unsigned_integral T>
void append_big_endian(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof(T) * 8) - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
}

// Precondition: bytes.size() >= sizeof(T).
template <std::unsigned_integral T>
T read_big_endian(std::string_view bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(static_cast<T>(value << 8U) | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

}  // namespace pitview::postgres
