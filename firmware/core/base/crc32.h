// CRC-32 as in IEEE 802.3 and zlib (polynomial 0xEDB88320 reflected).
#pragma once

#include <cstdint>

#include "core/base/bytes.h"

namespace pitview::fw {

// `seed` is the result of the piece before, to go on with.
std::uint32_t crc32(ByteView bytes, std::uint32_t seed = 0);

}  // namespace pitview::fw
