#include "fleet/scenario.h"

#include <algorithm>
#include <array>

#include "pitview/config/config.h"

namespace pitview::sim {
namespace {

constexpr std::array kActions = {"solvent_spike", "door_open", "sensor_fault", "clock_drift", "no_sntp",  "cut",
                                 "half_open",     "duplicate", "drop",         "delay",       "power_cut"};

Scenario checked(Scenario scenario, std::string_view file) {
  std::string lines;
  for (std::size_t i = 0; i < scenario.event.size(); ++i) {
    const ScenarioEvent& event = scenario.event[i];
    const auto check = [&](bool good, std::string_view sentence) {
      if (good) return;
      lines += (lines.empty() ? "" : "\n") + std::string(file) + ": event " + std::to_string(i + 1) + ": ";
      lines += sentence;
    };
    check(std::find(kActions.begin(), kActions.end(), event.action) != kActions.end(),
          "unknown action " + event.action);
    check(event.at_s >= 0, "at_s must be 0 or more");
    check(event.for_s >= 1, "for_s must be 1 or more");
    check(event.share > 0 && event.share <= 1, "share must be more than 0 and at most 1");
    check(event.every_s == 0 || event.every_s > event.for_s, "every_s must be more than for_s");
    if (event.action == "duplicate" || event.action == "drop")
      check(event.value > 0 && event.value <= 100, "value must be a percentage");
    if (event.action == "delay") check(event.value > 0, "value must be milliseconds");
  }
  if (!lines.empty()) throw config::ConfigError(lines);
  return scenario;
}

}  // namespace

Scenario load_scenario(const std::filesystem::path& file) {
  return checked(config::load<Scenario>(file), file.string());
}

Scenario parse_scenario(std::string_view text, std::string_view name) {
  return checked(config::parse<Scenario>(text, name), name);
}

}  // namespace pitview::sim
