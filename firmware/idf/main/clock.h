// Uptime from the chip's timer, UTC from SNTP.
#pragma once

#include "core/ports.h"

namespace pitview::fw::idf {

class Clock : public ClockPort {
 public:
  // Starts SNTP. After esp_netif_init() and before the link comes up: DHCP may name a server.
  Clock();
  std::uint64_t uptime_ms() override;
  std::optional<std::int64_t> unix_ms() override;

 private:
  bool synchronized_ = false;
};

}  // namespace pitview::fw::idf
