#include "core/time/boot_clock.h"

#include "core/base/sealed_record.h"

namespace pitview::fw {
namespace {

constexpr std::string_view kCounterKey = "boot_count";
constexpr std::string_view kBootsKey = "boot_times";
constexpr std::uint8_t kVersion = 1;

// Boots whose number could not be kept: far from the counted ones, and random, so
// that two of them do not share the identity of a reading.
constexpr std::uint32_t kUncounted = 0x40000000;

// No device was made before; a clock that says less is not set.
constexpr std::int64_t kEarliestUnixMs = 1'735'689'600'000;  // 2025-01-01
constexpr std::int64_t kLatestUnixMs = 4'294'967'295'000;    // 32 bits of seconds

}  // namespace

void BootClock::start() {
  const auto count = load_record<std::uint32_t>(kv_, kCounterKey, kVersion);
  boot_id_ = count ? *count + 1 : 1;
  if (!save_record(kv_, kCounterKey, kVersion, boot_id_)) boot_id_ = kUncounted | (random_.next() & (kUncounted - 1));
  if (const auto boots = load_record<Boots>(kv_, kBootsKey, kVersion)) boots_ = *boots;
}

bool BootClock::tick() {
  if (knows_boot(boot_id_)) return false;
  const auto now = now_unix();
  if (!now) return false;
  keep({boot_id_, *now - uptime_s(), static_cast<std::uint32_t>(TimeQuality::rebased)});
  return true;
}

std::optional<std::uint32_t> BootClock::now_unix() const {
  const auto now = clock_.unix_ms();
  if (!now || *now < kEarliestUnixMs || *now > kLatestUnixMs) return std::nullopt;
  return static_cast<std::uint32_t>(*now / 1000);
}

std::optional<PlacedTime> BootClock::place(const Reading& reading) const {
  if (reading.unix_s) return PlacedTime{*reading.unix_s, TimeQuality::sntp};
  const Boot* boot = find(reading.boot_id);
  if (boot == nullptr) return std::nullopt;
  return PlacedTime{boot->started_unix_s + reading.uptime_s, static_cast<TimeQuality>(boot->quality)};
}

void BootClock::estimate_boot(std::uint32_t boot_id, std::uint32_t last_uptime_s) {
  if (knows_boot(boot_id)) return;
  // The next boot we know: the one that began first of those after it.
  const Boot* next = nullptr;
  for (const Boot& boot : boots_) {
    if (boot.boot_id <= boot_id) continue;
    if (next == nullptr || boot.boot_id < next->boot_id) next = &boot;
  }
  if (next == nullptr) return;
  keep({boot_id, next->started_unix_s - last_uptime_s - 1, static_cast<std::uint32_t>(TimeQuality::estimated)});
}

const BootClock::Boot* BootClock::find(std::uint32_t boot_id) const {
  for (const Boot& boot : boots_) {
    if (boot.boot_id == boot_id && boot_id != 0) return &boot;
  }
  return nullptr;
}

// In the place of the oldest one. Without the flash it holds for this boot only, and a
// reading that is repeated after the next restart may be stored under two times: better
// than none.
void BootClock::keep(const Boot& boot) {
  Boot* oldest = &boots_.front();
  for (Boot& candidate : boots_) {
    if (candidate.boot_id < oldest->boot_id) oldest = &candidate;
  }
  if (boot.boot_id < oldest->boot_id) return;  // older than everything we keep
  *oldest = boot;
  (void)save_record(kv_, kBootsKey, kVersion, boots_);
}

}  // namespace pitview::fw
