#include "pitview/rtp/h264_packetizer.h"

#include <algorithm>
#include <array>

namespace pitview::rtp {

void packetize(h264::NalUnit unit, std::size_t limit, const PayloadSink& sink) {
  if (unit.empty()) return;
  if (unit.size() <= limit) return sink({}, unit, true);
  const Bytes data = unit.subspan(1);  // the header byte is in every fragment's head
  const std::size_t room = limit - 2;
  const std::size_t fragments = (data.size() + room - 1) / room;
  const std::size_t each = (data.size() + fragments - 1) / fragments;
  for (std::size_t at = 0; at < data.size(); at += each) {
    const bool first = at == 0;
    const bool last = at + each >= data.size();
    const std::array<std::uint8_t, 2> head = {
        static_cast<std::uint8_t>((unit[0] & 0xe0) | 28),
        static_cast<std::uint8_t>((first ? 0x80 : 0) | (last ? 0x40 : 0) | (unit[0] & 0x1f))};
    sink(head, data.subspan(at, std::min(each, data.size() - at)), last);
  }
}

}  // namespace pitview::rtp
