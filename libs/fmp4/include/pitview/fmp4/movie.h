// A whole MP4 file (ISO/IEC 14496-12), for who takes one home: not fragmented and its index first, so
// that every player and messenger takes it. Made of a head and fragments of this library.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pitview/fmp4/reader.h"

namespace pitview::fmp4 {

class Movie {
 public:
  // Bytes of media that it can hold: offsets have 32 bits.
  static constexpr std::uint64_t kMaxMedia = 0xf0000000;

  // `head`: initialization_segment() of all fragments. Empty: it is none.
  static std::optional<Movie> of(std::span<const std::uint8_t> head);

  // The next fragment is shown right behind the one before, whatever its decode time. False: it is
  // none of ours, or there is no more room.
  bool add(std::span<const std::uint8_t> fragment);

  // All that stands before the media: ftyp, moov, and the beginning of mdat. The media of every
  // added fragment (FragmentSamples::media) follow, in order.
  std::string index() const;
  std::uint64_t media_bytes() const noexcept { return media_; }
  double seconds() const noexcept;

 private:
  void write_sample_table(class BoxWriter& out, std::uint32_t first_chunk) const;
  std::string index_with(std::uint32_t first_chunk) const;

  std::string sample_entry_;  // the stsd box
  std::uint32_t width_ = 0;   // 16.16
  std::uint32_t height_ = 0;
  std::vector<SampleInfo> samples_;
  std::vector<std::uint32_t> chunks_;  // samples of each
  std::vector<std::uint32_t> chunk_sizes_;
  std::uint64_t media_ = 0;
  std::uint64_t duration_ = 0;  // ticks
};

}  // namespace pitview::fmp4
