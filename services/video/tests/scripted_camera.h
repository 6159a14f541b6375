// A camera of 15 pictures a second, in a time of its own, whose clock wraps in the fourth second.
#pragma once

#include <chrono>
#include <vector>

#include "stream/stream.h"

namespace pitview::video {

using Unit = std::vector<std::uint8_t>;

inline const Unit kSps = {0x67, 0x42, 0xe0, 0x1f, 0x95, 0xa0, 0x14, 0x01, 0x6e, 0x40};       // 640 × 360
inline const Unit kOtherSps = {0x67, 0x42, 0xe0, 0x1e, 0x95, 0xa0, 0x14, 0x01, 0x6e, 0x40};  // of another level
inline const Unit kPps = {0x68, 0xce, 0x3c, 0x80};

class ScriptedCamera {
 public:
  // `group`: pictures from key frame to key frame.
  explicit ScriptedCamera(int group) : group_(group) {}

  Stream& stream() noexcept { return stream_; }

  void push(int count, const Unit& sps = kSps) {
    for (int i = 0; i < count; ++i, ++pictures_) {
      const bool keyframe = pictures_ % group_ == 0;
      const Unit slice = keyframe ? Unit{0x65, 0x88, 0x84, 0x00} : Unit{0x41, 0x9a, 0x00, 0x01};
      rtp::AccessUnit unit{.timestamp = timestamp_, .keyframe = keyframe};
      if (keyframe) unit.units = {sps, kPps, slice};
      if (!keyframe) unit.units = {slice};
      stream_.push(unit, arrived_);
      timestamp_ += 6'000;
      arrived_ += std::chrono::microseconds(66'667);
    }
  }
  // It sends nothing for so long.
  void pause(std::chrono::seconds time) {
    arrived_ += time;
    jump(static_cast<std::uint32_t>(time.count() * 90'000));
  }
  // Its clock says another time from now on.
  void jump(std::uint32_t ticks) { timestamp_ += ticks; }

 private:
  const int group_;
  Stream stream_;
  SteadyTime arrived_ = std::chrono::steady_clock::now();
  int pictures_ = 0;
  std::uint32_t timestamp_ = 0xffff0000U;
};

}  // namespace pitview::video
