#include "pitview/images/clean.h"

#include "parts.h"

namespace pitview::images {

std::string_view media_type_of(Format format) noexcept {
  switch (format) {
    case Format::jpeg: return "image/jpeg";
    case Format::png: return "image/png";
    case Format::webp: return "image/webp";
  }
  return "";
}

Result<Picture> clean(std::string_view bytes) {
  Result<Picture> picture = refuse("This is no JPEG, PNG or WebP image.");
  if (bytes.starts_with("\xFF\xD8\xFF")) {
    picture = clean_jpeg(bytes);
  } else if (bytes.starts_with("\x89PNG\r\n\x1A\n")) {
    picture = clean_png(bytes);
  } else if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") {
    picture = clean_webp(bytes);
  }
  if (!picture) return picture;
  if (picture->width <= 0 || picture->height <= 0) return cut_off();
  if (picture->width > kMaxSide || picture->height > kMaxSide ||
      std::int64_t{picture->width} * picture->height > kMaxPixels)
    return refuse("The image has more than 50 million pixels, or more than 20,000 on a side.");
  return picture;
}

}  // namespace pitview::images
