// Whole numbers in bytes, lowest byte first, whatever the processor.
#pragma once

#include <cstdint>

namespace pitview::fw {

inline void put_u16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value);
  at[1] = static_cast<std::uint8_t>(value >> 8);
}

inline void put_u32(std::uint8_t* at, std::uint32_t value) {
  put_u16(at, static_cast<std::uint16_t>(value));
  put_u16(at + 2, static_cast<std::uint16_t>(value >> 16));
}

inline std::uint16_t get_u16(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] | (at[1] << 8)); }

inline std::uint32_t get_u32(const std::uint8_t* at) {
  return get_u16(at) | (static_cast<std::uint32_t>(get_u16(at + 2)) << 16);
}

}  // namespace pitview::fw
