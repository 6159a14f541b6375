// When a workshop is open. Pure rules.
#pragma once

#include <boost/describe/class.hpp>
#include <string>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::workshops {

// In the workshop's time zone.
struct OpenHours {
  int day = 1;         // 1 (Monday) to 7 (Sunday)
  std::string opens;   // "09:00"
  std::string closes;  // "19:30", up to "24:00"
};
BOOST_DESCRIBE_STRUCT(OpenHours, (), (day, opens, closes))

// validation_failed naming every fault ("working_hours[2].closes"): times that are none,
// that end before they begin, or overlap; at most three in a day.
Result<> check_working_hours(const std::vector<OpenHours>& hours);

}  // namespace pitview::workshops
