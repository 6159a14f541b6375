#include "core/uplink/place_boots.h"

#include <array>

namespace pitview::fw {

void place_earlier_boots(Spool& spool, BootClock& clock) {
  struct Boot {
    std::uint32_t id = 0;
    std::uint32_t last_uptime_s = 0;
  };
  // The newest ones, as many as the clock keeps, in the order they happened.
  std::array<Boot, BootClock::kBootsKept> unknown{};
  std::size_t count = 0;
  for (auto position = spool.next_waiting(0); position; position = spool.next_waiting(*position + 1)) {
    const auto reading = spool.read(*position);
    if (!reading || reading->unix_s || clock.knows_boot(reading->boot_id)) continue;
    if (count > 0 && unknown[count - 1].id == reading->boot_id) {
      unknown[count - 1].last_uptime_s = reading->uptime_s;
      continue;
    }
    if (count == unknown.size()) {
      for (std::size_t i = 1; i < count; ++i) unknown[i - 1] = unknown[i];
      --count;
    }
    unknown[count++] = {reading->boot_id, reading->uptime_s};
  }
  while (count > 0) {
    --count;
    clock.estimate_boot(unknown[count].id, unknown[count].last_uptime_s);
  }
}

}  // namespace pitview::fw
