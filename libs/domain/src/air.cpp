#include "pitview/domain/air.h"

#include <cmath>

namespace pitview {
namespace {

bool is_finite(double value) noexcept { return std::isfinite(value); }
bool is_finite(int) noexcept { return true; }

template <class Number>
bool outside(const std::optional<Number>& value, double low, double high) noexcept {
  return value && !(is_finite(*value) && *value >= low && *value <= high);
}

}  // namespace

std::optional<std::string_view> fault_of(const Air& air) noexcept {
  if (outside(air.temperature_c, -40, 85)) return "temperature out of range (-40..85 °C)";
  if (outside(air.humidity_rh, 0, 100)) return "humidity out of range (0..100 %RH)";
  if (outside(air.pressure_hpa, 300, 1100)) return "pressure out of range (300..1100 hPa)";
  if (outside(air.aqi, 0, 500)) return "aqi out of range (0..500)";
  if (outside(air.iaq_accuracy, 0, 3)) return "iaq_accuracy out of range (0..3)";
  if (outside(air.gas_ohm, 0, 1e9)) return "gas_ohm out of range (0..1e9)";
  return std::nullopt;
}

AirQuality air_quality(int aqi) noexcept {
  if (aqi <= 50) return AirQuality::good;
  return aqi <= 100 ? AirQuality::moderate : AirQuality::poor;
}

}  // namespace pitview
