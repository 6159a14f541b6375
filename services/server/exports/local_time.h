// A time as people of a workshop read it on their clock.
#pragma once

#include <chrono>
#include <string>

#include "pitview/base/time.h"

namespace pitview::exports {

struct LocalTime {
  Timestamp at;
  std::chrono::seconds offset{};  // of the workshop's clock from UTC, at that moment
};

// "2026-02-21T04:00:00.000+05:30" (ISO 8601, with the offset: the same moment for every reader).
std::string to_iso8601(LocalTime time);

}  // namespace pitview::exports
