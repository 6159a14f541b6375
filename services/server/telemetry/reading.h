// A reading as clients see it (plan §8.3, §8.5).
#pragma once

#include <boost/describe/class.hpp>
#include <optional>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::telemetry {

struct Reading {
  PitId pit_id;
  std::optional<double> temperature;  // °C
  std::optional<double> humidity;     // %RH
  std::optional<int> aqi;             // VOC index, 0..500
  std::optional<double> pressure;     // hPa
  std::optional<int> iaq_accuracy;    // 0..3
  Timestamp timestamp;                // measured at
};
BOOST_DESCRIBE_STRUCT(Reading, (), (pit_id, temperature, humidity, aqi, pressure, iaq_accuracy, timestamp))

}  // namespace pitview::telemetry
