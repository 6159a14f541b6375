// JPEG: markers and their segments (ITU-T T.81, annex B).
#include <cstring>
#include <optional>

#include "parts.h"

namespace pitview::images {
namespace {

constexpr std::uint8_t kStart = 0xD8;
constexpr std::uint8_t kEnd = 0xD9;
constexpr std::uint8_t kScan = 0xDA;
constexpr std::uint8_t kApp0 = 0xE0;
constexpr std::uint8_t kApp1 = 0xE1;
constexpr std::uint8_t kApp2 = 0xE2;
constexpr std::uint8_t kApp14 = 0xEE;
constexpr std::string_view kExif("Exif\0\0", 6);

bool is_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}
// Baseline, extended sequential, progressive: what browsers draw.
bool is_known_frame(std::uint8_t marker) { return marker >= 0xC0 && marker <= 0xC2; }

bool is_table(std::uint8_t marker) { return marker == 0xC4 || marker == 0xDB || marker == 0xDD; }

// What decides how the pixels look: JFIF, the colour profile, Adobe's colour transform.
bool is_kept(std::uint8_t marker, std::string_view content) {
  if (marker == kApp0) return content.starts_with(std::string_view("JFIF\0", 5));
  if (marker == kApp2) return content.starts_with(std::string_view("ICC_PROFILE\0", 12));
  if (marker == kApp14) return content.starts_with("Adobe");
  return is_table(marker);
}

class Jpeg {
 public:
  explicit Jpeg(std::string_view bytes) : bytes_(bytes) { kept_.reserve(bytes.size()); }

  Result<Picture> clean() {
    while (true) {
      const auto marker = next_marker();
      if (!marker) return cut_off();
      if (*marker == kEnd) break;
      if (Result<> taken = take_segment(*marker); !taken) return std::move(taken).error();
    }
    if (!has_scan_) return cut_off();
    return Picture{Format::jpeg, width_, height_, assemble()};
  }

 private:
  // Empty at the end, or where there is none. Fill bytes before it are skipped.
  std::optional<std::uint8_t> next_marker() {
    if (at_ >= bytes_.size() || byte_at(bytes_, at_) != 0xFF) return std::nullopt;
    while (at_ < bytes_.size() && byte_at(bytes_, at_) == 0xFF) ++at_;
    if (at_ == bytes_.size()) return std::nullopt;
    return byte_at(bytes_, at_++);
  }

  Result<> take_segment(std::uint8_t marker) {
    // Without a segment behind them: not here, and none that is no marker (0x00).
    if (marker < 0xC0 || (marker >= 0xD0 && marker <= 0xD8)) return cut_off();
    if (bytes_.size() - at_ < 2) return cut_off();
    const std::size_t length = big_endian_16(bytes_, at_);
    if (length < 2 || length > bytes_.size() - at_) return cut_off();
    const std::string_view segment = bytes_.substr(at_, length);
    const std::string_view content = segment.substr(2);
    at_ += length;
    if (is_frame(marker)) return take_frame(marker, segment);
    if (marker == kScan) return take_scan(segment);
    if (marker == kApp1 && content.starts_with(kExif)) orientation_ = orientation_in(content.substr(kExif.size()));
    if (is_kept(marker, content)) keep(marker, segment);
    return Done{};
  }

  Result<> take_frame(std::uint8_t marker, std::string_view segment) {
    if (width_ != 0 || segment.size() < 8) return cut_off();
    if (!is_known_frame(marker)) return refuse("This kind of JPEG is not shown by browsers.");
    height_ = static_cast<int>(big_endian_16(segment, 3));
    width_ = static_cast<int>(big_endian_16(segment, 5));
    if (width_ == 0 || height_ == 0) return cut_off();
    keep(marker, segment);
    return Done{};
  }

  // The header of a scan and its data, in which 0xFF is followed by 0x00 or a restart.
  Result<> take_scan(std::string_view segment) {
    if (width_ == 0) return cut_off();
    keep(kScan, segment);
    const std::size_t began = at_;
    while (true) {
      const void* found = at_ < bytes_.size() ? std::memchr(bytes_.data() + at_, 0xFF, bytes_.size() - at_) : nullptr;
      if (!found) return cut_off();
      at_ = static_cast<std::size_t>(static_cast<const char*>(found) - bytes_.data());
      if (at_ + 1 == bytes_.size()) return cut_off();
      const std::uint8_t next = byte_at(bytes_, at_ + 1);
      if (next != 0x00 && (next < 0xD0 || next > 0xD7)) break;
      at_ += 2;
    }
    kept_.append(bytes_.substr(began, at_ - began));
    has_scan_ = true;
    return Done{};
  }

  void keep(std::uint8_t marker, std::string_view segment) {
    kept_.push_back('\xFF');
    kept_.push_back(static_cast<char>(marker));
    kept_.append(segment);
  }

  std::string assemble() const {
    std::string out;
    out.reserve(kept_.size() + 64);
    out.append({'\xFF', static_cast<char>(kStart)});
    if (orientation_ != 1) {
      const std::string tiff = tiff_with_orientation(orientation_);
      out.append({'\xFF', static_cast<char>(kApp1), '\0', static_cast<char>(2 + kExif.size() + tiff.size())});
      out.append(kExif).append(tiff);
    }
    out.append(kept_);
    out.append({'\xFF', static_cast<char>(kEnd)});
    return out;
  }

  std::string_view bytes_;
  std::size_t at_ = 2;  // behind the marker of the start
  std::string kept_;
  int width_ = 0;
  int height_ = 0;
  int orientation_ = 1;
  bool has_scan_ = false;
};

}  // namespace

Result<Picture> clean_jpeg(std::string_view bytes) { return Jpeg(bytes).clean(); }

}  // namespace pitview::images
