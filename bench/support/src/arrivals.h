// When each message arrived at one receiver, and what that says.
//
// note() on the receiver's thread; distinct() from any thread; the rest once the
// receiver has stopped.
#pragma once

#include <atomic>
#include <boost/describe/class.hpp>
#include <cstdint>
#include <vector>

#include "plan.h"

namespace pitview::bench {

struct Percentiles {
  std::int64_t samples = 0;
  std::int64_t p50_us = 0;
  std::int64_t p99_us = 0;
  std::int64_t p999_us = 0;
  std::int64_t max_us = 0;
};
BOOST_DESCRIBE_STRUCT(Percentiles, (), (samples, p50_us, p99_us, p999_us, max_us))

// Nearest rank: a value that occurred, and no smaller one has that share below it.
Percentiles percentiles_of(std::vector<std::int64_t> latencies_us);

class Arrivals {
 public:
  explicit Arrivals(std::int64_t total) : at_(static_cast<std::size_t>(total)) {}

  void note(std::int64_t n, SteadyTime when);

  std::int64_t total() const noexcept { return static_cast<std::int64_t>(at_.size()); }
  std::int64_t distinct() const noexcept { return distinct_.load(); }
  bool complete() const noexcept { return distinct() == total(); }
  std::int64_t again() const noexcept { return again_; }

  // From the moment a message was due, without the warm-up.
  Percentiles latency(const Plan& plan) const;
  // By how much each message arrived later here than there, if at both; less than
  // nothing when it was earlier.
  Percentiles later_than(const Arrivals& there, const Plan& plan) const;

 private:
  std::vector<SteadyTime> at_;  // the clock's epoch: not yet
  std::atomic<std::int64_t> distinct_ = 0;
  std::int64_t again_ = 0;  // a message that had arrived before
};

}  // namespace pitview::bench
