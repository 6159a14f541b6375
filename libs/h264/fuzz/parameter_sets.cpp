// Any bytes as an Annex B stream and as a NAL unit. What must hold: units lie within
// the input, in order, and do not overlap; a set that is taken has a size; reading
// twice gives the same.
#include <cstdio>
#include <cstdlib>
#include <span>

#include "pitview/h264/nal_unit.h"
#include "pitview/h264/parameter_sets.h"
#include "pitview/h264/slice.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview::h264;
  const std::span<const std::uint8_t> input(data, size);
  const std::uint8_t* at = data;
  for (const NalUnit unit : split_annex_b(input)) {
    require(!unit.empty(), "no unit is empty");
    require(unit.data() >= at && unit.data() + unit.size() <= data + size, "units follow each other in the input");
    at = unit.data() + unit.size();
    start_of_slice(unit);
  }
  start_of_slice(input);
  const auto set = parse_sequence_parameter_set(input);
  if (!set) return 0;
  require(set->width > 0 && set->width <= 16'384 && set->height > 0 && set->height <= 16'384, "a set has a size");
  require(profile_level_id(*set).size() == 6, "a profile-level-id has six digits");
  const auto again = parse_sequence_parameter_set(input);
  require(again && again->width == set->width && again->max_reorder_frames == set->max_reorder_frames,
          "the same bytes say the same");
  return 0;
}
