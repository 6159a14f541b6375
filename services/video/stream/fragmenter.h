// A camera's pictures as fragments of MP4: the head that they need, when each is decoded, and
// what lies between two cuts as one moof and mdat. Where to cut is for the caller: HLS wants
// short parts, a recording wants few. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pitview/fmp4/decode_clock.h"
#include "stream/frame.h"

namespace pitview::video {

using SharedBytes = std::shared_ptr<const std::string>;

struct Fragment {
  SharedBytes bytes;          // moof and mdat
  std::int64_t decode = 0;    // ticks of fmp4::kTimescale, of the first picture
  std::int64_t duration = 0;  // ticks
  bool independent = false;   // begins with a key frame
};

class Fragmenter {
 public:
  // A picture with its place in time.
  struct Placed {
    FramePtr frame;
    std::int64_t decode = 0;    // ticks; later than that of the picture before
    std::int32_t offset = 0;    // ticks, from decoding to showing
    bool has_new_head = false;  // this one and those behind it need another head than before
  };

  // Empty: nothing is made of pictures before the first key frame with parameter sets.
  std::optional<Placed> place(const FramePtr& frame);

  // Waits for the next cut.
  void add(Placed picture) { waiting_.push_back(std::move(picture)); }
  bool is_empty() const noexcept { return waiting_.empty(); }
  // Ticks that wait, if the next picture is decoded at `until`; 0 when none does.
  std::int64_t waiting(std::int64_t until) const noexcept {
    return waiting_.empty() ? 0 : until - waiting_.front().decode;
  }
  // What waits, as one fragment; the next picture is decoded at `until`. Empty: nothing waited.
  std::optional<Fragment> cut(std::int64_t until);

  // Of the pictures that were placed last; null before the first.
  const SharedBytes& head() const noexcept { return head_; }
  // Of a picture, ticks, as the last ones had it.
  std::int64_t usual_duration() const noexcept { return usual_duration_; }

 private:
  bool take_parameter_sets(const Frame& frame);

  fmp4::TimeLine line_;
  fmp4::DecodeClock decode_clock_;
  std::int64_t usual_duration_ = 6'000;
  std::int64_t last_decode_ = -1;
  std::uint32_t fragments_ = 0;
  std::vector<std::uint8_t> sps_;
  std::vector<std::uint8_t> pps_;
  SharedBytes head_;
  std::vector<Placed> waiting_;
};

}  // namespace pitview::video
