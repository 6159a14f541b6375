// An uploaded photograph, without what it says besides its picture.
//
// JPEG (ITU-T T.81; baseline and progressive), PNG (ISO/IEC 15948) and WebP (RFC 9649;
// no animation). Only the structure is read: a picture that is damaged inside is shown
// damaged. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pitview/base/result.h"

namespace pitview::images {

enum class Format : std::uint8_t { jpeg, png, webp };

// "image/jpeg", "image/png", "image/webp".
std::string_view media_type_of(Format format) noexcept;

// A browser needs four bytes of memory for each pixel.
inline constexpr int kMaxSide = 20'000;
inline constexpr std::int64_t kMaxPixels = 50'000'000;

struct Picture {
  Format format = Format::jpeg;
  int width = 0;  // as stored: an orientation may turn it
  int height = 0;
  std::string bytes;  // without metadata, or anything behind the end
};

// validation_failed with a sentence about the file: "This is no JPEG, PNG or WebP image."
Result<Picture> clean(std::string_view bytes);

}  // namespace pitview::images
