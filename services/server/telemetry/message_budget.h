// How many readings one device may send, so that a broken or stolen one cannot
// fill the database or take the others' turn: a token bucket. A device measures
// every 10 s and repeats at most 64 a second, so an honest one never runs out.
#pragma once

#include <algorithm>
#include <chrono>

namespace pitview::telemetry {

class MessageBudget {
 public:
  static constexpr double kPerSecond = 100;
  static constexpr double kBurst = 5'000;
  using Time = std::chrono::steady_clock::time_point;

  // False: this one is too many.
  bool take(Time now) {
    left_ = std::min(kBurst, left_ + kPerSecond * std::chrono::duration<double>(now - counted_at_).count());
    counted_at_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double left_ = kBurst;
  Time counted_at_{};
};

}  // namespace pitview::telemetry
