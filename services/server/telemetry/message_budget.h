// How many messages one device may send, so that a broken or stolen one cannot fill
// the database or take the others' turn: a token bucket.
#pragma once

#include <algorithm>
#include <chrono>

namespace pitview::telemetry {

class MessageBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // So many at once, and so many a second for good.
  constexpr MessageBudget(double burst, double per_second) : burst_(burst), per_second_(per_second), left_(burst) {}

  // False: this one is too many.
  bool take(Time now) {
    left_ = std::min(burst_, left_ + per_second_ * std::chrono::duration<double>(now - counted_at_).count());
    counted_at_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double burst_;
  double per_second_;
  double left_;
  Time counted_at_{};
};

}  // namespace pitview::telemetry
