// Numbers in network order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pitview::rtp::wire {

// Precondition of all: the bytes are there.
inline std::uint16_t u16(std::span<const std::uint8_t> bytes, std::size_t at) noexcept {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
inline std::uint32_t u32(std::span<const std::uint8_t> bytes, std::size_t at) noexcept {
  return std::uint32_t{u16(bytes, at)} << 16 | u16(bytes, at + 2);
}

inline void put_u16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}
inline void put_u32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  put_u16(out, static_cast<std::uint16_t>(value >> 16));
  put_u16(out, static_cast<std::uint16_t>(value));
}

}  // namespace pitview::rtp::wire
