#include "stream/frame.h"

#include <algorithm>

#include "pitview/rtp/h264_packetizer.h"

namespace pitview::video {
namespace {

// Of no use to a decoder on the other side, and bytes on every line.
bool is_dropped(h264::NalUnit unit) {
  const h264::NalType type = h264::type_of(unit);
  return type == h264::NalType::access_unit_delimiter || type == h264::NalType::filler_data;
}

void append(Frame& frame, h264::NalUnit unit) {
  frame.units.push_back({static_cast<std::uint32_t>(frame.bytes.size()), static_cast<std::uint32_t>(unit.size())});
  frame.bytes.insert(frame.bytes.end(), unit.begin(), unit.end());
}

void cut(Frame& frame, const Frame::Unit& unit) {
  const h264::NalUnit bytes = frame.unit(unit);
  rtp::packetize(bytes, kMaxPayload, [&](rtp::Bytes head, rtp::Bytes body, bool) {
    Frame::Payload payload{.head_size = static_cast<std::uint8_t>(head.size()),
                           .size = static_cast<std::uint16_t>(body.size()),
                           .begin = static_cast<std::uint32_t>(body.data() - frame.bytes.data())};
    std::copy(head.begin(), head.end(), payload.head.begin());
    frame.payloads.push_back(payload);
  });
}

}  // namespace

FramePtr make_frame(const rtp::AccessUnit& unit, const std::vector<h264::NalUnit>& parameter_sets, SteadyTime arrived) {
  auto frame = std::make_shared<Frame>();
  frame->timestamp = unit.timestamp;
  frame->keyframe = unit.keyframe;
  frame->arrived = arrived;
  const bool has_sets = std::any_of(unit.units.begin(), unit.units.end(), [](h264::NalUnit nal) {
    return h264::type_of(nal) == h264::NalType::sequence_parameter_set;
  });
  if (unit.keyframe && !has_sets)
    for (const h264::NalUnit set : parameter_sets) append(*frame, set);
  for (const h264::NalUnit nal : unit.units)
    if (!is_dropped(nal)) append(*frame, nal);
  for (const Frame::Unit& part : frame->units) cut(*frame, part);
  return frame;
}

}  // namespace pitview::video
