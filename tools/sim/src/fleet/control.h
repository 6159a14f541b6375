// Lets a test or a person steer the fleet: one JSON object a line on standard input,
// one answer a line on standard output (tools/sim/README.md).
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fleet/fleet.h"

namespace pitview::sim {

struct ControlRequest {
  std::int64_t id = 0;  // comes back in the answer
  std::string action;
  std::optional<std::string> device;  // without it: every device
  std::optional<std::int64_t> value;  // advance, clock_drift, delay: ms; duplicate, drop: percent; others: 0 or 1
};
BOOST_DESCRIBE_STRUCT(ControlRequest, (), (id, action, device, value))

// Carries out one line; the answer is one line of JSON without its end.
std::string control(Fleet& fleet, std::string_view line);

// Until standard input ends.
Awaitable<> serve_control(Fleet& fleet);

}  // namespace pitview::sim
