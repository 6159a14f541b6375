// What of a file of ours is whole: its head and its fragments, one behind the other. The
// bytes may end anywhere, as after a kill -9, and may be anybody's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pitview::fmp4 {

struct FragmentInfo {
  std::size_t begin = 0;  // of moof
  std::size_t size = 0;   // of moof and mdat
  std::uint32_t sequence = 0;
  std::uint64_t decode_time = 0;  // ticks
  std::uint64_t duration = 0;     // ticks
  std::uint32_t samples = 0;
  bool starts_with_keyframe = false;
};

// Of `bytes`, which begins with a moof; empty: it is not whole, or none of ours.
std::optional<FragmentInfo> read_fragment(std::span<const std::uint8_t> bytes);

struct SampleInfo {
  std::uint32_t duration = 0;  // ticks
  std::uint32_t size = 0;      // bytes
  std::int32_t composition_offset = 0;
  bool keyframe = false;
};

struct FragmentSamples {
  std::vector<SampleInfo> samples;
  std::span<const std::uint8_t> media;  // the samples, one behind the other
};

// As read_fragment(); empty also when the samples are not all that its mdat holds.
std::optional<FragmentSamples> read_samples(std::span<const std::uint8_t> bytes);

// Of a head that initialization_segment() made; both lie in it. Empty: it is none.
struct ParameterSets {
  std::span<const std::uint8_t> sps;
  std::span<const std::uint8_t> pps;
};
std::optional<ParameterSets> read_parameter_sets(std::span<const std::uint8_t> head);

// Of one sample, which is lengths of 4 bytes with a unit behind each: the units, as far as they are whole.
std::vector<std::span<const std::uint8_t>> units_of_sample(std::span<const std::uint8_t> sample);

struct FileInfo {
  std::size_t head = 0;  // bytes of ftyp and moov
  std::vector<FragmentInfo> fragments;
  std::size_t whole = 0;  // bytes up to the end of the last whole fragment
};

// Empty: not even the head is there.
std::optional<FileInfo> read_file(std::span<const std::uint8_t> bytes);

}  // namespace pitview::fmp4
