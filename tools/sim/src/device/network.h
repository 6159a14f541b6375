// What the virtual network of one device does to it. One network for MQTT and HTTP.
#pragma once

#include <chrono>
#include <cstdint>

namespace pitview::sim {

struct Network {
  bool cut = false;                    // no cable: no address, connections end
  bool half_open = false;              // connected, but nothing passes in either direction
  int duplicate_percent = 0;           // of publishes that arrive twice
  int drop_percent = 0;                // of publishes at which the connection breaks, before or after they arrive
  std::chrono::milliseconds delay{0};  // of every publish
};

}  // namespace pitview::sim
