#include "pitview/domain/dew_point.h"

#include <cmath>

namespace pitview {

std::optional<double> dew_point_c(double temperature_c, double humidity_rh) noexcept {
  constexpr double kFactor = 17.62;
  constexpr double kOffset = 243.12;
  if (!std::isfinite(temperature_c) || !std::isfinite(humidity_rh)) return std::nullopt;
  if (humidity_rh <= 0 || temperature_c <= -kOffset) return std::nullopt;
  const double gamma = std::log(humidity_rh / 100) + kFactor * temperature_c / (kOffset + temperature_c);
  return kOffset * gamma / (kFactor - gamma);
}

std::optional<double> dew_point_margin_c(double temperature_c, double humidity_rh) noexcept {
  const auto dew_point = dew_point_c(temperature_c, humidity_rh);
  if (!dew_point) return std::nullopt;
  return temperature_c - *dew_point;
}

}  // namespace pitview
