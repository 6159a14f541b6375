// What the virtual network of one device does to it. One network for MQTT and HTTP.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace pitview::sim {

struct Network {
  bool cut = false;                    // no cable: no address, connections end
  bool half_open = false;              // connected, but nothing passes in either direction
  int duplicate_percent = 0;           // of publishes that arrive twice
  int drop_percent = 0;                // of publishes at which the connection breaks, before or after they arrive
  std::chrono::milliseconds delay{0};  // of every publish
};

// Scenarios and orders name the faults alike: cut, half_open (0 or 1), duplicate, drop
// (percent), delay (ms); 0 ends each. False: another name.
inline bool set_fault(Network& network, std::string_view name, std::int64_t value) {
  if (name == "cut") {
    network.cut = value != 0;
  } else if (name == "half_open") {
    network.half_open = value != 0;
  } else if (name == "duplicate") {
    network.duplicate_percent = static_cast<int>(value);
  } else if (name == "drop") {
    network.drop_percent = static_cast<int>(value);
  } else if (name == "delay") {
    network.delay = std::chrono::milliseconds(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace pitview::sim
