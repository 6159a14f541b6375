#include "parts.h"

namespace pitview::images {
namespace {

constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kShort = 3;
constexpr std::size_t kEntryBytes = 12;

}  // namespace

int orientation_in(std::string_view tiff) {
  if (tiff.size() < 8) return 1;
  const bool is_big = tiff.substr(0, 4) == std::string_view("MM\0*", 4);
  if (!is_big && tiff.substr(0, 4) != std::string_view("II*\0", 4)) return 1;
  const auto number_16 = [&](std::size_t at) { return is_big ? big_endian_16(tiff, at) : little_endian_16(tiff, at); };
  const std::size_t directory = is_big ? big_endian_32(tiff, 4) : little_endian_32(tiff, 4);
  if (directory > tiff.size() - 2) return 1;
  const std::size_t entries = number_16(directory);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + i * kEntryBytes;
    if (at + kEntryBytes > tiff.size()) return 1;
    if (number_16(at) != kOrientationTag) continue;
    const std::uint32_t value = number_16(at + 8);
    return number_16(at + 2) == kShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

std::string tiff_with_orientation(int orientation) {
  // Header, one entry (tag, SHORT, one of them, its value, padding), no further directory.
  std::string tiff("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0", 26);
  tiff[19] = static_cast<char>(orientation);
  return tiff;
}

}  // namespace pitview::images
