// PNG: a signature and chunks of length, type, data and CRC (ISO/IEC 15948, clause 5).
#include <algorithm>
#include <array>

#include "parts.h"

namespace pitview::images {
namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kFrameBytes = 12;  // of a chunk without its data
constexpr std::size_t kHeaderBytes = 13;

// What decides how the pixels look.
constexpr std::array<std::string_view, 12> kKept = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA",
                                                    "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs"};

// A decoder that does not know a chunk with a capital first letter cannot draw the image.
bool is_critical(std::string_view type) { return type[0] >= 'A' && type[0] <= 'Z'; }

}  // namespace

Result<Picture> clean_png(std::string_view bytes) {
  Picture picture{.format = Format::png};
  picture.bytes.reserve(bytes.size());
  picture.bytes.append(bytes.substr(0, kSignatureBytes));
  bool has_data = false;
  std::size_t at = kSignatureBytes;
  while (true) {
    if (bytes.size() - at < kFrameBytes) return cut_off();
    const std::size_t length = big_endian_32(bytes, at);
    if (length > bytes.size() - at - kFrameBytes) return cut_off();
    const std::string_view chunk = bytes.substr(at, kFrameBytes + length);
    const std::string_view type = chunk.substr(4, 4);
    if ((type == "IHDR") != (at == kSignatureBytes)) return cut_off();
    at += chunk.size();
    if (type == "IHDR") {
      if (length != kHeaderBytes) return cut_off();
      // More than fits an int is more than any limit.
      picture.width = static_cast<int>(std::min(big_endian_32(chunk, 8), 0x7FFFFFFFU));
      picture.height = static_cast<int>(std::min(big_endian_32(chunk, 12), 0x7FFFFFFFU));
    }
    if (type == "IDAT") has_data = true;
    if (std::find(kKept.begin(), kKept.end(), type) != kKept.end()) {
      picture.bytes.append(chunk);
    } else if (is_critical(type)) {
      return refuse("This kind of PNG is not shown by browsers.");
    }
    if (type == "IEND") break;
  }
  if (!has_data) return cut_off();
  return picture;
}

}  // namespace pitview::images
