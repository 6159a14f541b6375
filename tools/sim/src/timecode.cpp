#include "timecode.h"

#include <chrono>
#include <cstring>

namespace pitview::sim {

void draw_timecode(Timestamp now, std::uint8_t* pixels, int stride) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const auto value = static_cast<std::uint32_t>(ms);
  const std::uint32_t check = (value >> 24 ^ value >> 16 ^ value >> 8 ^ value) & 0xff;
  const std::uint64_t bits = static_cast<std::uint64_t>(value) << 8 | check;
  for (int i = 0; i < kTimecodeBits; ++i) {
    const bool white = (bits >> (kTimecodeBits - 1 - i) & 1) != 0;
    for (int line = 0; line < kTimecodeBlock; ++line)
      std::memset(pixels + line * stride + i * kTimecodeBlock * 4, white ? 0xff : 0, kTimecodeBlock * 4);
  }
}

}  // namespace pitview::sim
