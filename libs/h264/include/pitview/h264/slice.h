// The first fields of a slice header (ITU-T H.264, clause 7.3.3).
#pragma once

#include <cstdint>
#include <optional>

#include "pitview/h264/nal_unit.h"

namespace pitview::h264 {

// slice_type modulo 5, table 7-6.
enum class SliceType : std::uint8_t { p = 0, b = 1, i = 2, sp = 3, si = 4 };

struct SliceStart {
  std::uint32_t first_macroblock = 0;  // 0: the first slice of a picture, unless slices come in arbitrary order
  SliceType type = SliceType::p;
};

// Empty when `unit` is no slice or ends too early.
std::optional<SliceStart> start_of_slice(NalUnit unit) noexcept;

}  // namespace pitview::h264
