// The dew point of air: how near a cold surface is to getting wet.
#pragma once

#include <optional>

namespace pitview {

// °C, by the Magnus formula over water (17.62, 243.12 °C; WMO No. 8, annex 4.B), good to
// 0.35 °C from -45 to 60 °C. Empty for air without moisture and for what is no number.
std::optional<double> dew_point_c(double temperature_c, double humidity_rh) noexcept;

// How far the air is above its dew point, in °C. A surface is taken to be as warm as the
// air; one that is colder by so much is wet.
std::optional<double> dew_point_margin_c(double temperature_c, double humidity_rh) noexcept;

}  // namespace pitview
