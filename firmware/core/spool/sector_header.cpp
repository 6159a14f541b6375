#include "core/spool/sector_header.h"

#include <cstring>

#include "core/base/crc32.h"
#include "core/spool/little_endian.h"

namespace pitview::fw {
namespace {

constexpr char kMagic[] = {'P', 'V', 'S', 'P', 'O', 'O', 'L', '1'};  // 1: the layout of header and record
constexpr std::size_t kNumber = 8;
constexpr std::size_t kSectors = 12;
constexpr std::size_t kCrc = 28;

}  // namespace

HeaderBytes encode_header(std::uint32_t number, std::size_t sectors) {
  HeaderBytes header;
  header.fill(0xFF);
  std::memcpy(header.data(), kMagic, sizeof kMagic);
  put_u32(header.data() + kNumber, number);
  put_u32(header.data() + kSectors, static_cast<std::uint32_t>(sectors));
  put_u32(header.data() + kCrc, crc32({header.data(), kCrc}));
  return header;
}

std::optional<std::uint32_t> decode_header(const std::uint8_t* header, std::size_t slot, std::size_t sectors) {
  if (std::memcmp(header, kMagic, sizeof kMagic) != 0) return std::nullopt;
  if (get_u32(header + kCrc) != crc32({header, kCrc})) return std::nullopt;
  if (get_u32(header + kSectors) != sectors) return std::nullopt;
  const std::uint32_t number = get_u32(header + kNumber);
  if (number > kLastSectorNumber || number % sectors != slot) return std::nullopt;
  return number;
}

}  // namespace pitview::fw
