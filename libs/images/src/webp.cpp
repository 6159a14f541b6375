// WebP: RIFF chunks (RFC 9649, section 2).
#include "parts.h"

namespace pitview::images {
namespace {

constexpr std::size_t kRiffBytes = 12;
constexpr std::size_t kChunkHeader = 8;
// Bits of the first byte of VP8X.
constexpr std::uint8_t kAnimation = 0x02;
constexpr std::uint8_t kXmp = 0x04;
constexpr std::uint8_t kExif = 0x08;

struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

// Of a lossy frame (RFC 6386, 9.1): tag, start code, 14 bits each.
Size size_of_lossy(std::string_view data) {
  if (data.size() < 10 || data.substr(3, 3) != "\x9D\x01\x2A") return {};
  return {static_cast<int>(little_endian_16(data, 6) & 0x3FFF), static_cast<int>(little_endian_16(data, 8) & 0x3FFF)};
}

// Of a lossless one (RFC 9649, 3.4): signature, 14 bits each, less one.
Size size_of_lossless(std::string_view data) {
  if (data.size() < 5 || byte_at(data, 0) != 0x2F) return {};
  const std::uint32_t bits = little_endian_32(data, 1);
  return {static_cast<int>(bits & 0x3FFF) + 1, static_cast<int>(bits >> 14 & 0x3FFF) + 1};
}

std::string little_endian_text(std::size_t number) {
  std::string text;
  for (int shift = 0; shift < 32; shift += 8) text.push_back(static_cast<char>(number >> shift & 0xFF));
  return text;
}

void append_chunk(std::string& out, std::string_view type, std::string_view data) {
  out.append(type).append(little_endian_text(data.size())).append(data);
  if (data.size() % 2 != 0) out.push_back('\0');
}

class WebP {
 public:
  explicit WebP(std::string_view bytes) : bytes_(bytes) {}

  Result<Picture> clean() {
    const std::size_t said = little_endian_32(bytes_, 4);
    if (said < 4 || said > bytes_.size() - 8) return cut_off();
    bytes_ = bytes_.substr(0, 8 + said);
    kept_.reserve(bytes_.size());
    std::size_t at = kRiffBytes;
    while (bytes_.size() - at >= kChunkHeader) {
      const std::size_t length = little_endian_32(bytes_, at + 4);
      if (length > bytes_.size() - at - kChunkHeader) return cut_off();
      if (Result<> taken = take(bytes_.substr(at, 4), bytes_.substr(at + kChunkHeader, length)); !taken)
        return std::move(taken).error();
      at += kChunkHeader + length;
      if (length % 2 != 0 && at < bytes_.size()) ++at;
    }
    if (frame_ == Size{} || (!canvas_.empty() && canvas_size() != frame_)) return cut_off();
    return Picture{Format::webp, frame_.width, frame_.height, assemble()};
  }

 private:
  Result<> take(std::string_view type, std::string_view data) {
    const bool is_lossy = type == "VP8 ";
    if (type == "VP8X") {
      if (!canvas_.empty() || !kept_.empty() || data.size() < 10) return cut_off();
      if ((byte_at(data, 0) & kAnimation) != 0) return refuse("Animations are not photographs.");
      canvas_ = data.substr(0, 10);
    } else if (is_lossy || type == "VP8L") {
      if (frame_ != Size{}) return cut_off();
      frame_ = is_lossy ? size_of_lossy(data) : size_of_lossless(data);
      if (frame_.width == 0 || frame_.height == 0) return cut_off();
      append_chunk(kept_, type, data);
    } else if (!canvas_.empty() && (type == "ICCP" || type == "ALPH")) {
      append_chunk(kept_, type, data);
    } else if (type == "EXIF") {
      constexpr std::string_view kPrefix("Exif\0\0", 6);  // some writers put it there
      if (data.starts_with(kPrefix)) data.remove_prefix(kPrefix.size());
      orientation_ = orientation_in(data);
    }
    return Done{};
  }

  Size canvas_size() const {
    const auto side = [&](std::size_t at) {
      return static_cast<int>(little_endian_16(canvas_, at) | static_cast<std::uint32_t>(byte_at(canvas_, at + 2))
                                                                  << 16) +
             1;
    };
    return {side(4), side(7)};
  }

  std::string assemble() const {
    std::string chunks;
    // Only the extended form has a place for metadata; a plain one lies as it is stored.
    if (!canvas_.empty()) {
      std::string canvas(canvas_);
      auto flags = static_cast<std::uint8_t>(byte_at(canvas_, 0) & ~(kXmp | kExif));
      if (orientation_ != 1) flags |= kExif;
      canvas[0] = static_cast<char>(flags);
      append_chunk(chunks, "VP8X", canvas);
    }
    chunks.append(kept_);
    if (!canvas_.empty() && orientation_ != 1) append_chunk(chunks, "EXIF", tiff_with_orientation(orientation_));
    return "RIFF" + little_endian_text(4 + chunks.size()) + "WEBP" + chunks;
  }

  std::string_view bytes_;
  std::string kept_;
  std::string_view canvas_;  // of the extended form; empty in the others
  Size frame_;
  int orientation_ = 1;
};

}  // namespace

Result<Picture> clean_webp(std::string_view bytes) { return WebP(bytes).clean(); }

}  // namespace pitview::images
