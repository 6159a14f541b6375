// What the formats share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pitview/images/clean.h"

namespace pitview::images {

inline Error refuse(const char* sentence) { return {Errc::validation_failed, sentence, {}, 0}; }
inline Error cut_off() { return refuse("The image is cut off or damaged."); }

inline std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
// Preconditions: there are that many bytes from `at` on.
inline std::uint32_t big_endian_16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}
inline std::uint32_t big_endian_32(std::string_view bytes, std::size_t at) {
  return big_endian_16(bytes, at) << 16 | big_endian_16(bytes, at + 2);
}
inline std::uint32_t little_endian_16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(byte_at(bytes, at + 1) << 8 | byte_at(bytes, at));
}
inline std::uint32_t little_endian_32(std::string_view bytes, std::size_t at) {
  return little_endian_16(bytes, at + 2) << 16 | little_endian_16(bytes, at);
}

// Each judges an image whose first bytes are its own.
Result<Picture> clean_jpeg(std::string_view bytes);
Result<Picture> clean_png(std::string_view bytes);
Result<Picture> clean_webp(std::string_view bytes);

// Which side is up, 1 (as stored) to 8, by the Exif metadata (a TIFF structure,
// CIPA DC-008 §4.6.2); 1 when it does not say, or says nonsense.
int orientation_in(std::string_view tiff);
// Metadata that says so and nothing else.
std::string tiff_with_orientation(int orientation);

}  // namespace pitview::images
