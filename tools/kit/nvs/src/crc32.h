// The CRC-32 of NVS: esp_rom_crc32_le(0xffffffff, …). Reflected polynomial
// 0xEDB88320; the ROM inverts the seed on entry and the register on exit, so this
// seed starts the register at zero (zlib: crc32(0xffffffff, …)).
#pragma once

#include <cstdint>
#include <string_view>

namespace pitview::nvs {

// CRC of `bytes` after those that gave `so_far`.
std::uint32_t crc32(std::string_view bytes, std::uint32_t so_far = 0xffff'ffff);

}  // namespace pitview::nvs
