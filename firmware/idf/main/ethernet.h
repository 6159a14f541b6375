// Ethernet: the chip's MAC with the LAN8710A, and the address from DHCP.
//
// Events come on the event loop's task; speed() and ip() read what they left.
#pragma once

#include <atomic>

#include "core/ports.h"
#include "esp_eth_driver.h"
#include "esp_event.h"
#include "wake.h"

namespace pitview::fw::idf {

class Ethernet : public LinkPort {
 public:
  explicit Ethernet(Wake& wake);
  // After esp_netif_init() and the event loop. Takes 0.4 s a try, three at most.
  // false: the PHY does not answer; the link stays down until the next restart.
  bool start();

  LinkSpeed speed() override;
  std::string_view ip() override;

 private:
  bool install();
  bool attach();
  static void on_link(void* self, esp_event_base_t base, std::int32_t id, void* data);
  static void on_address(void* self, esp_event_base_t base, std::int32_t id, void* data);

  Wake& wake_;
  esp_eth_handle_t driver_ = nullptr;
  std::atomic<LinkSpeed> speed_{LinkSpeed::down};
  std::atomic<std::uint32_t> address_{0};  // as lwIP keeps it; 0: none
  char text_[16] = {};
};

}  // namespace pitview::fw::idf
