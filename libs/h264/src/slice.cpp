#include "pitview/h264/slice.h"

#include "pitview/h264/bit_reader.h"

namespace pitview::h264 {

std::optional<SliceStart> start_of_slice(NalUnit unit) noexcept {
  const NalType type = type_of(unit);
  if (type != NalType::slice && type != NalType::idr_slice) return std::nullopt;
  BitReader in(unit.subspan(1));
  SliceStart start;
  start.first_macroblock = in.unsigned_golomb();
  const std::uint32_t slice_type = in.unsigned_golomb();
  if (in.overrun() || slice_type > 9) return std::nullopt;
  start.type = static_cast<SliceType>(slice_type % 5);
  return start;
}

}  // namespace pitview::h264
