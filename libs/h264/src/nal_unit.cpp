#include "pitview/h264/nal_unit.h"

namespace pitview::h264 {

NalType type_of(NalUnit unit) noexcept {
  return unit.empty() ? NalType::unspecified : static_cast<NalType>(unit[0] & 0x1f);
}

unsigned reference_of(NalUnit unit) noexcept { return unit.empty() ? 0 : unit[0] >> 5 & 3; }

bool is_slice(NalUnit unit) noexcept {
  const auto type = static_cast<unsigned>(type_of(unit));
  return type >= 1 && type <= 5;
}

std::vector<NalUnit> split_annex_b(std::span<const std::uint8_t> stream) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<NalUnit> units;
  std::size_t begin = kNone;
  const auto close = [&](std::size_t end) {
    if (begin == kNone) return;
    while (end > begin && stream[end - 1] == 0) --end;  // trailing_zero_8bits
    if (end > begin) units.push_back(stream.subspan(begin, end - begin));
  };
  for (std::size_t i = 0; i + 3 <= stream.size();) {
    if (stream[i] != 0 || stream[i + 1] != 0 || stream[i + 2] != 1) {
      ++i;
      continue;
    }
    close(i);
    i += 3;
    begin = i;
  }
  close(stream.size());
  return units;
}

}  // namespace pitview::h264
