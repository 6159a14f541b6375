// The time of one virtual device: runs with the real one, and can be turned ahead.
//
// Its idea of UTC is start_unix_ms + everything that has passed since (power cuts
// included), plus the drift of a bad crystal. It is known `sntp_delay` after power-on.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/ports.h"

namespace pitview::sim {

class VirtualClock final : public fw::ClockPort {
 public:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kSntpDelay{1'500};

  explicit VirtualClock(std::int64_t start_unix_ms) : start_unix_ms_(start_unix_ms) {}

  std::uint64_t uptime_ms() override { return static_cast<std::uint64_t>(passed_ms() - power_on_ms_); }
  std::optional<std::int64_t> unix_ms() override {
    if (!sntp_reachable || uptime_ms() < static_cast<std::uint64_t>(kSntpDelay.count())) return std::nullopt;
    return true_unix_ms() + drift_ms;
  }

  // What a perfect clock at its place would say.
  std::int64_t true_unix_ms() const { return start_unix_ms_ + passed_ms(); }

  void power_on() { power_on_ms_ = passed_ms(); }
  void advance(std::chrono::milliseconds by) { ahead_ += by; }

  bool sntp_reachable = true;
  std::int64_t drift_ms = 0;

 private:
  std::int64_t passed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - started_ + ahead_).count();
  }

  std::int64_t start_unix_ms_;
  Steady::time_point started_ = Steady::now();
  std::chrono::milliseconds ahead_{0};
  std::int64_t power_on_ms_ = 0;
};

}  // namespace pitview::sim
