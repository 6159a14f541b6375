#include "crc32.h"

namespace pitview::nvs {

std::uint32_t crc32(std::string_view bytes, std::uint32_t so_far) {
  std::uint32_t remainder = ~so_far;
  for (const char byte : bytes) {
    remainder ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0xEDB8'8320U : 0U);
  }
  return ~remainder;
}

}  // namespace pitview::nvs
