// When a reading was made: from its own time, or placed by the start of its boot.
//
// A reading made before the first SNTP answer knows its boot and uptime only. As soon
// as the time is known, the start of this boot is fixed once and kept on flash: later
// corrections of the clock do not move it, so a repetition carries the same timestamp.
// Earlier boots that never knew the time are placed as if they had ended when the
// next one we know began ("estimated"), and kept likewise.
//
// Not allocating. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/ports.h"
#include "core/reading.h"

namespace pitview::fw {

enum class TimeQuality : std::uint8_t { sntp, rebased, estimated };

struct PlacedTime {
  std::uint32_t unix_s = 0;
  TimeQuality quality = TimeQuality::sntp;
};

class BootClock {
 public:
  static constexpr std::size_t kBootsKept = 32;

  BootClock(ClockPort& clock, KvPort& settings, RandomPort& random) : clock_(clock), kv_(settings), random_(random) {}

  // Counts this boot. Call once, before everything else.
  void start();
  std::uint32_t boot_id() const { return boot_id_; }

  // True once, in the call that fixed the start of this boot: now place earlier boots.
  bool tick();

  std::uint32_t uptime_s() const { return static_cast<std::uint32_t>(clock_.uptime_ms() / 1000); }
  // UTC now; nothing before the time is known.
  std::optional<std::uint32_t> now_unix() const;

  // Nothing: the time is not known yet, or (known() and) the boot is too long ago to be placed.
  std::optional<PlacedTime> place(const Reading& reading) const;

  bool knows_boot(std::uint32_t boot_id) const { return find(boot_id) != nullptr; }
  // `last_uptime_s`: of the last reading of that boot. Call from the newest boot to the oldest.
  void estimate_boot(std::uint32_t boot_id, std::uint32_t last_uptime_s);

 private:
  struct Boot {
    std::uint32_t boot_id = 0;  // 0: no entry
    std::uint32_t started_unix_s = 0;
    std::uint32_t quality = 0;
  };
  using Boots = std::array<Boot, kBootsKept>;

  const Boot* find(std::uint32_t boot_id) const;
  void keep(const Boot& boot);

  ClockPort& clock_;
  KvPort& kv_;
  RandomPort& random_;
  std::uint32_t boot_id_ = 0;
  Boots boots_{};
};

}  // namespace pitview::fw
