// Fragmented MP4 of one H.264 track (ISO/IEC 14496-12 and 14496-15, CMAF of 23000-19).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "pitview/h264/nal_unit.h"
#include "pitview/h264/parameter_sets.h"

namespace pitview::fmp4 {

inline constexpr std::uint32_t kTimescale = 90'000;  // ticks a second, as RTP has them

struct Track {
  h264::NalUnit sps;  // with their header bytes, without start codes
  h264::NalUnit pps;
  unsigned width = 0;
  unsigned height = 0;
};

// "avc1.42e01f" (RFC 6381, 3.3), for playlists and MediaSource.
std::string codec_string(const h264::SequenceParameterSet& set);

// ftyp and moov: what a player needs before the first fragment. Precondition: sps has at
// least 4 bytes, both have at most 65,535.
std::string initialization_segment(const Track& track);

// One picture.
struct Sample {
  std::span<const h264::NalUnit> units;  // parameter sets and delimiters are left out
  std::uint32_t duration = 0;            // ticks, until the next one is decoded
  std::int32_t composition_offset = 0;   // ticks, from decoding to showing
  bool keyframe = false;
};

// moof and mdat. `sequence` counts fragments from 1; `decode_time`: of the first sample, in ticks.
std::string fragment(std::uint32_t sequence, std::uint64_t decode_time, std::span<const Sample> samples);

}  // namespace pitview::fmp4
