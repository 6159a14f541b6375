// A point of a pit's chart (plan §8.3; decision D56).
#pragma once

#include <boost/describe/class.hpp>
#include <optional>

#include "pitview/base/time.h"

namespace pitview::telemetry {

struct HistoryValues {
  std::optional<double> temperature;  // °C
  std::optional<double> humidity;     // %RH
  std::optional<int> aqi;             // VOC index, 0..500
  std::optional<double> pressure;     // hPa
  std::optional<double> gas_ohm;
};
BOOST_DESCRIBE_STRUCT(HistoryValues, (), (temperature, humidity, aqi, pressure, gas_ohm))

// One reading, at the time when it was measured; or the means of all readings of a
// bucket of time, at its beginning, and their least and greatest values. There is no
// point where there was no reading, and no value that no reading had.
struct HistoryPoint {
  Timestamp timestamp;
  std::optional<double> temperature;
  std::optional<double> humidity;
  std::optional<int> aqi;
  std::optional<double> pressure;
  std::optional<double> gas_ohm;
  std::int64_t n = 1;                // readings
  std::optional<HistoryValues> min;  // null for a single reading
  std::optional<HistoryValues> max;
};
BOOST_DESCRIBE_STRUCT(HistoryPoint, (), (timestamp, temperature, humidity, aqi, pressure, gas_ohm, n, min, max))

}  // namespace pitview::telemetry
