#include "clock.h"

#include <sys/time.h>

#include "esp_netif_sntp.h"
#include "esp_timer.h"

namespace pitview::fw::idf {

Clock::Clock() {
  esp_sntp_config_t config{};
  config.wait_for_sync = true;
  config.start = true;
  // The first place is for the server that DHCP names, the others are asked as well.
  config.server_from_dhcp = true;
  config.renew_servers_after_new_IP = true;
  config.ip_event_to_renew = IP_EVENT_ETH_GOT_IP;
  config.index_of_first_server = 1;
  config.num_of_servers = 2;
  config.servers[0] = "0.pool.ntp.org";
  config.servers[1] = "1.pool.ntp.org";
  ESP_ERROR_CHECK(esp_netif_sntp_init(&config));
}

std::uint64_t Clock::uptime_ms() { return static_cast<std::uint64_t>(esp_timer_get_time()) / 1000; }

std::optional<std::int64_t> Clock::unix_ms() {
  // The chip's clock survives a restart; it counts only once SNTP has answered in this boot.
  if (!synchronized_) synchronized_ = esp_netif_sntp_sync_wait(0) == ESP_OK;
  if (!synchronized_) return std::nullopt;
  timeval now{};
  gettimeofday(&now, nullptr);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_usec / 1000;
}

}  // namespace pitview::fw::idf
