// The first 32 bytes of a sector: which sector since ever it is, of a ring of how many.
//
//   bytes 0..7 "PVSPOOL1"   8..11 number   12..15 sectors of the ring   16..27 0xFF
//   28..31 CRC-32 of bytes 0 to 27; little-endian
//
// Pure functions; no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace pitview::fw {

constexpr std::size_t kHeaderBytes = 32;
using HeaderBytes = std::array<std::uint8_t, kHeaderBytes>;

// Flash lives for 100,000 erases of a sector: a ring of 768 KB gets to number 19 million.
// A larger number than this one is not ours, so numbers never overflow 32 bits.
constexpr std::uint32_t kLastSectorNumber = 0x7FFFFFFF;

HeaderBytes encode_header(std::uint32_t number, std::size_t sectors);

// The number of the sector in `slot` of a ring of `sectors`. Nothing: blank, cut while it was
// written or erased, of a ring of another size, or of another slot. Points to kHeaderBytes bytes.
std::optional<std::uint32_t> decode_header(const std::uint8_t* header, std::size_t slot, std::size_t sectors);

}  // namespace pitview::fw
