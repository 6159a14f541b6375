// A scenario: what happens to the fleet, when (tools/sim/README.md shows a file).
#pragma once

#include <boost/describe/class.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::sim {

struct ScenarioEvent {
  int at_s = 0;                       // after the start
  std::optional<std::string> device;  // an id; without it every device may be meant
  double share = 1;                   // of the devices, always the same ones: 0 to 1
  // solvent_spike, door_open, sensor_fault, clock_drift, no_sntp, cut, half_open, duplicate, drop, delay, power_cut
  std::string action;
  int for_s = 60;  // how long it lasts; clock_drift stays
  // solvent_spike: rise of the index; door_open: °C outside; clock_drift, delay: ms;
  // duplicate, drop: percent of the publishes.
  double value = 0;
  int every_s = 0;  // again and again; 0: once
};
BOOST_DESCRIBE_STRUCT(ScenarioEvent, (), (at_s, device, share, action, for_s, value, every_s))

struct Scenario {
  std::string title = "untitled";
  std::vector<ScenarioEvent> event;
};
BOOST_DESCRIBE_STRUCT(Scenario, (), (title, event))

// config::ConfigError with one line per fault.
Scenario load_scenario(const std::filesystem::path& file);
Scenario parse_scenario(std::string_view text, std::string_view name);

}  // namespace pitview::sim
