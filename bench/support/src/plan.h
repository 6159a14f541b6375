// What is published when. Message n goes to device n mod devices, and its time is
// fixed before the first one leaves (open loop): a sender or a product that falls
// behind cannot make its delay disappear by sending later.
#pragma once

#include <chrono>
#include <cstdint>

#include "pitview/base/time.h"

namespace pitview::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Plan {
  std::int64_t rate = 1000;  // messages a second, all devices together
  std::int64_t warm_up = 0;  // the first messages, sent and received but not measured
  std::int64_t total = 0;    // warm-up included
  std::int64_t devices = 1;
  SteadyTime start;      // when message 0 is due
  Timestamp start_wall;  // the same moment by the wall clock

  std::chrono::nanoseconds offset(std::int64_t n) const { return std::chrono::nanoseconds(n * 1'000'000'000 / rate); }
  SteadyTime due(std::int64_t n) const { return start + offset(n); }
  Timestamp due_wall(std::int64_t n) const {
    return start_wall + std::chrono::floor<std::chrono::microseconds>(offset(n));
  }
};

}  // namespace pitview::bench
