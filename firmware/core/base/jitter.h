// Random waiting times, so that a thousand devices do not come at the same moment.
#pragma once

#include <cstdint>

#include "core/ports.h"

namespace pitview::fw {

// Uniform in [0, bound].
inline std::uint32_t random_up_to(RandomPort& random, std::uint32_t bound) {
  return static_cast<std::uint32_t>((std::uint64_t{random.next()} * (std::uint64_t{bound} + 1)) >> 32);
}

// `mean` ± `percent`.
inline std::uint32_t jittered(RandomPort& random, std::uint32_t mean, std::uint32_t percent) {
  const std::uint32_t spread = mean / 100 * percent;
  return mean - spread + random_up_to(random, 2 * spread);
}

// Full jitter: uniform in [0, min(cap, base · 2^failures)]
// (Brooker, "Exponential Backoff And Jitter").
class Backoff {
 public:
  Backoff(std::uint32_t base_ms, std::uint32_t cap_ms) : base_ms_(base_ms), cap_ms_(cap_ms) {}

  std::uint32_t next_ms(RandomPort& random) {
    std::uint64_t bound = std::uint64_t{base_ms_} << failures_;
    if (bound < cap_ms_) {
      ++failures_;
    } else {
      bound = cap_ms_;
    }
    return random_up_to(random, static_cast<std::uint32_t>(bound));
  }
  void reset() { failures_ = 0; }

 private:
  std::uint32_t base_ms_;
  std::uint32_t cap_ms_;
  unsigned failures_ = 0;
};

}  // namespace pitview::fw
