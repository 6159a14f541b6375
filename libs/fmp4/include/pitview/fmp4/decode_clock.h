// Decode times of pictures that come in decoding order with the time of their showing.
//
// The i-th picture is decoded at the i-th smallest time of showing, less the delay that
// reordering needs: with no reordering that is the time of showing itself.
#pragma once

#include <cstdint>
#include <vector>

namespace pitview::fmp4 {

struct PictureTime {
  std::int64_t decode = 0;  // ticks of 90 kHz; later than that of the picture before
  std::int32_t composition_offset = 0;
};

class DecodeClock {
 public:
  static constexpr unsigned kMaxReorder = 16;

  // `reorder`: frames that are shown later than they are sent at most, 0 to kMaxReorder.
  explicit DecodeClock(unsigned reorder = 0);

  // `shown`: ticks of 90 kHz, from anywhere. `usual_duration`: of a frame, for the first ones.
  PictureTime next(std::int64_t shown, std::int64_t usual_duration);

 private:
  std::size_t depth_ = 1;
  std::vector<std::int64_t> latest_;  // ascending, the newest depth_ times of showing
  std::int64_t last_decode_ = 0;
  bool started_ = false;
};

// RTP timestamps (32 bits, which wrap) on one line of 64 bits. One that is far from the
// last, because the camera has begun anew, goes on where the last one was.
class TimeLine {
 public:
  static constexpr std::int64_t kJump = 10 * 90'000;

  // Ticks since the first one. `usual_duration`: what stands between two pictures where it jumps.
  std::int64_t at(std::uint32_t timestamp, std::int64_t usual_duration);

 private:
  bool started_ = false;
  std::uint32_t last_timestamp_ = 0;
  std::int64_t last_ = 0;
  std::int64_t newest_ = 0;
};

}  // namespace pitview::fmp4
