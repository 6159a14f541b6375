#include "pitview/fmp4/decode_clock.h"

#include <algorithm>

namespace pitview::fmp4 {

DecodeClock::DecodeClock(unsigned reorder) : depth_(std::min(reorder, kMaxReorder) + std::size_t{1}) {}

PictureTime DecodeClock::next(std::int64_t shown, std::int64_t usual_duration) {
  if (latest_.empty())
    for (std::size_t i = depth_ - 1; i > 0; --i)
      latest_.push_back(shown - static_cast<std::int64_t>(i) * usual_duration);
  latest_.insert(std::upper_bound(latest_.begin(), latest_.end(), shown), shown);
  std::int64_t decode = latest_.front();
  if (latest_.size() > depth_ - 1) latest_.erase(latest_.begin());
  if (started_) decode = std::max(decode, last_decode_ + 1);
  started_ = true;
  last_decode_ = decode;
  return {decode, static_cast<std::int32_t>(shown - decode)};
}

std::int64_t TimeLine::at(std::uint32_t timestamp, std::int64_t usual_duration) {
  const std::int64_t step = static_cast<std::int32_t>(timestamp - last_timestamp_);
  if (!started_) {
    last_ = 0;
  } else if (step > kJump || step < -kJump) {
    last_ = newest_ + usual_duration;
  } else {
    last_ += step;
  }
  started_ = true;
  last_timestamp_ = timestamp;
  newest_ = std::max(newest_, last_);
  return last_;
}

}  // namespace pitview::fmp4
