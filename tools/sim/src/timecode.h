// The time at which a picture was drawn, in the picture, so that whoever sees it can tell how
// old it is: 40 blocks of 16 × 16 pixels along the upper edge, white for 1, the highest bit
// first. 32 bits of milliseconds since 1970 (modulo 2^32), then their four bytes xor-ed.
#pragma once

#include <cstdint>

#include "pitview/base/time.h"

namespace pitview::sim {

inline constexpr int kTimecodeBits = 40;
inline constexpr int kTimecodeBlock = 16;  // pixels

// `pixels`: BGRx, at least 640 wide and 16 high, `stride` bytes a line.
void draw_timecode(Timestamp now, std::uint8_t* pixels, int stride);

}  // namespace pitview::sim
