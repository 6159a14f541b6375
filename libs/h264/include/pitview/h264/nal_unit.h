// NAL units (ITU-T H.264, clause 7.3.1 and Annex B).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pitview::h264 {

// A NAL unit: its header byte and its payload, without start code or length.
using NalUnit = std::span<const std::uint8_t>;

// nal_unit_type, table 7-1. What is not named here is passed on unread.
enum class NalType : std::uint8_t {
  unspecified = 0,
  slice = 1,
  idr_slice = 5,
  sei = 6,
  sequence_parameter_set = 7,
  picture_parameter_set = 8,
  access_unit_delimiter = 9,
  end_of_sequence = 10,
  end_of_stream = 11,
  filler_data = 12,
};

// Of an empty NAL unit: unspecified.
NalType type_of(NalUnit unit) noexcept;

// nal_ref_idc, 0 to 3. 0: no other picture needs this one.
unsigned reference_of(NalUnit unit) noexcept;

// Coded slices, of which pictures consist (types 1 to 5).
bool is_slice(NalUnit unit) noexcept;

// The NAL units between the start codes of an Annex B byte stream, as views of it.
// What is before the first start code is left out, empty units too.
std::vector<NalUnit> split_annex_b(std::span<const std::uint8_t> stream);

}  // namespace pitview::h264
