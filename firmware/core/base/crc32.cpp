#include "core/base/crc32.h"

namespace pitview::fw {

// Bit by bit: a record of 32 bytes every 10 s needs no table in RAM.
std::uint32_t crc32(ByteView bytes, std::uint32_t seed) {
  std::uint32_t crc = ~seed;
  for (std::size_t i = 0; i < bytes.size; ++i) {
    crc ^= bytes.data[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

}  // namespace pitview::fw
