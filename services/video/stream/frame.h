// One picture of a camera, cut into RTP payloads once for all who watch.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "pitview/h264/nal_unit.h"
#include "pitview/rtp/h264_depacketizer.h"

namespace pitview::video {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Frame {
  // Behind the RTP header: `head` (of a fragment, else empty), then bytes.
  struct Payload {
    std::array<std::uint8_t, 2> head{};
    std::uint8_t head_size = 0;
    std::uint16_t size = 0;
    std::uint32_t begin = 0;  // in Frame::bytes

    std::size_t wire_size() const noexcept { return std::size_t{head_size} + size; }
  };
  struct Unit {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  std::vector<std::uint8_t> bytes;  // the NAL units, one behind the other
  std::vector<Unit> units;
  std::vector<Payload> payloads;
  std::uint32_t timestamp = 0;  // 90 kHz, the camera's
  bool keyframe = false;        // with its parameter sets in front
  SteadyTime arrived;

  h264::NalUnit unit(const Unit& u) const { return std::span(bytes).subspan(u.begin, u.size); }
};

using FramePtr = std::shared_ptr<const Frame>;

// What fits into one datagram of 1,200 bytes behind the RTP header, its extension and
// the larger of SRTP's tags.
inline constexpr std::size_t kMaxPayload = 1200 - 12 - 8 - 16;

// Precondition: the units are not empty. `parameter_sets` go in front of a key frame
// that does not bring its own.
FramePtr make_frame(const rtp::AccessUnit& unit, const std::vector<h264::NalUnit>& parameter_sets, SteadyTime arrived);

}  // namespace pitview::video
