// MP4 boxes (ISO/IEC 14496-12, 4.2), one value behind the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "pitview/h264/nal_unit.h"

namespace pitview::fmp4 {

// Big-endian values behind each other; boxes get their sizes when they are closed.
class BoxWriter {
 public:
  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u16(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
  }
  void u32(std::uint32_t value) {
    u16(static_cast<std::uint16_t>(value >> 16));
    u16(static_cast<std::uint16_t>(value));
  }
  void u64(std::uint64_t value) {
    u32(static_cast<std::uint32_t>(value >> 32));
    u32(static_cast<std::uint32_t>(value));
  }
  void zeros(std::size_t count) { out_.append(count, '\0'); }
  void text(std::string_view text) { out_.append(text); }
  void bytes(h264::NalUnit bytes) { out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }

  // `fill` writes what is inside.
  template <class Fill>
  void box(std::string_view type, Fill fill) {
    const std::size_t begin = out_.size();
    u32(0);
    text(type);
    fill();
    put(begin, static_cast<std::uint32_t>(out_.size() - begin));
  }
  template <class Fill>
  void full_box(std::string_view type, std::uint8_t version, std::uint32_t flags, Fill fill) {
    box(type, [&] {
      u32(static_cast<std::uint32_t>(version) << 24 | flags);
      fill();
    });
  }

  std::size_t size() const { return out_.size(); }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  // A value whose place was written before.
  void put(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) out_[at + i] = static_cast<char>(value >> (24 - 8 * i));
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace pitview::fmp4
