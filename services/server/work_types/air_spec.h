// The air that a kind of work needs: a band that is empty is not judged.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/error.h"

namespace pitview::work_types {

struct AirSpec {
  std::optional<double> temperature_min;  // °C, -40..85 like all it is compared with
  std::optional<double> temperature_max;
  std::optional<double> humidity_min;  // %RH
  std::optional<double> humidity_max;
  std::optional<double> dew_point_margin_min;  // K that the air is warmer than its dew point, 0..50
  std::optional<int> aqi_max;                  // VOC index, 0..500

  // This one, and where it is empty `other`.
  AirSpec over(const AirSpec& other) const;

  friend bool operator==(const AirSpec&, const AirSpec&) = default;
};
BOOST_DESCRIBE_STRUCT(AirSpec, (),
                      (temperature_min, temperature_max, humidity_min, humidity_max, dew_point_margin_min, aqi_max))

// Appends what is wrong with it; `path` is where it stands in the request: "stages[2].spec".
void find_faults(const AirSpec& spec, const std::string& path, std::vector<FieldProblem>& faults);

}  // namespace pitview::work_types
