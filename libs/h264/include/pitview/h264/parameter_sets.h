// Sequence parameter sets: what a camera says of its pictures before it sends any
// (ITU-T H.264, clauses 7.3.2.1.1, 7.4.2.1.1 and annexes A and E).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pitview/base/result.h"
#include "pitview/h264/nal_unit.h"

namespace pitview::h264 {

struct SequenceParameterSet {
  unsigned profile_idc = 0;       // 66 baseline, 77 main, 100 high, …
  unsigned constraint_flags = 0;  // constraint_set0_flag is the highest of 8 bits
  unsigned level_idc = 0;         // 31: level 3.1
  unsigned id = 0;                // 0 to 31
  unsigned width = 0;             // luma samples after cropping, 2 to 16,384
  unsigned height = 0;
  bool interlaced = false;  // fields may occur (frame_mbs_only_flag 0)
  unsigned max_reference_frames = 0;
  // Frames that may be shown later than they are sent, from the VUI; empty when
  // the stream does not say, which allows any number.
  std::optional<unsigned> max_reorder_frames;
  std::optional<double> frames_per_second;  // from the VUI's timing

  // Pictures may come in another order than they are shown: profiles of RFC 6184
  // without B slices never, others unless the VUI rules it out.
  bool may_reorder() const noexcept;
};

// malformed (validation_failed): not a sequence parameter set, or one with sizes
// and counts that the standard forbids.
Result<SequenceParameterSet> parse_sequence_parameter_set(NalUnit unit);

// "42e01f": profile_idc, constraint flags, level_idc as RFC 6184 writes them.
std::string profile_level_id(const SequenceParameterSet& set);

// "Baseline", "Main", "High", …; "profile 122" for one without a name here.
std::string profile_name(const SequenceParameterSet& set);

}  // namespace pitview::h264
