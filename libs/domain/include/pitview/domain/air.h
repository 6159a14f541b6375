// The air of a pit: what a device may report and how it is judged
// (plan §4.1, §6.1; decisions D14, D15, D29).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview {

// One reading. A value the sensor could not give is empty, never the last good one.
struct Air {
  std::optional<double> temperature_c;  // °C, -40..85 (BME680 datasheet, table 1)
  std::optional<double> humidity_rh;    // %RH, 0..100
  std::optional<double> pressure_hpa;   // hPa, 300..1100
  std::optional<int> aqi;               // VOC index 0..500; not particulate matter
  std::optional<int> iaq_accuracy;      // 0 stabilising .. 3 calibrated
  std::optional<double> gas_ohm;        // raw gas resistance, > 0
};

// The first fault of a reading in words for a log, e.g. "temperature out of range
// (-40..85 °C)"; empty when it is sound. A reading with no value at all is sound:
// it says that the sensor has failed.
std::optional<std::string_view> fault_of(const Air& air) noexcept;

// A reading from further ahead than this is a clock fault, not a measurement.
inline constexpr std::chrono::minutes kMaxFuture{5};
// Older readings have no partition any more (retention, plan §12.3).
inline constexpr std::chrono::days kMaxAge{90};

enum class AirQuality { good, moderate, poor };

// Half-open bands: good <= 50, moderate <= 100, poor above.
AirQuality air_quality(int aqi) noexcept;

}  // namespace pitview
