// A sampler with its sensor, run as the device does it: tick() at next_due_ms().
#pragma once

#include <cstdint>
#include <vector>

#include "core/sensor/sampler.h"
#include "testing/fake_bme680.h"
#include "testing/fake_ports.h"

namespace pitview::fw::testing {

struct SamplerRig {
  static constexpr std::uint32_t kSampleMs = 3'000;
  static constexpr std::uint32_t kPublishMs = 10'000;
  static constexpr std::uint64_t kStartMs = 1'234;

  FakeClock clock;
  FakeBme680 fake{clock};
  FakeKv kv;
  Sampler sampler{fake, kv, kSampleMs, kPublishMs};

  SamplerRig() { clock.uptime = kStartMs; }

  void start() { sampler.start(clock.uptime); }
  // What was published in the next `ms`.
  std::vector<AirValues> run(std::uint64_t ms) {
    std::vector<AirValues> published;
    const std::uint64_t end = clock.uptime + ms;
    while (sampler.next_due_ms() <= end) {
      clock.uptime = std::max(clock.uptime, sampler.next_due_ms());
      if (const auto air = sampler.tick(clock.uptime)) published.push_back(*air);
    }
    clock.uptime = end;
    return published;
  }
};

inline bool is_empty(const AirValues& air) {
  return !air.temperature_c && !air.humidity_rh && !air.pressure_hpa && !air.gas_ohm && !air.aqi &&
         air.iaq_accuracy == 0;
}

}  // namespace pitview::fw::testing
