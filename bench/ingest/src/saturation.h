// Drives a flood to the limit of whoever receives it and measures there.
#pragma once

#include <chrono>
#include <functional>

#include "flood.h"
#include "usage.h"

namespace pitview::bench {

// What the receiving end says of itself: counts since its start.
struct Progress {
  std::int64_t done = 0;  // messages that are through, whatever became of them
  std::int64_t batches = 0;
};

struct Saturated {
  std::int64_t sent = 0;  // in all, warm-up included
  std::int64_t confirmed = 0;
  std::int64_t done = 0;
  std::int64_t measured = 0;  // done in the measured time
  std::int64_t batches = 0;   // in the measured time
  CpuShares cpu;              // in the measured time
  std::string lost;
};
BOOST_DESCRIBE_STRUCT(Saturated, (), (sent, confirmed, done, measured, batches, cpu, lost))

struct SaturationOptions {
  std::chrono::seconds warm_up{5};
  std::chrono::seconds measured{25};
  std::int64_t window = 12'000;  // messages on the way at most
};

// Starts the flood, and ends it: returns when everything that was sent is done, or
// nothing has happened for 30 s.
Saturated saturate(const Stack& stack, Flood& flood, const SaturationOptions& options,
                   const std::function<Progress()>& progress);

}  // namespace pitview::bench
