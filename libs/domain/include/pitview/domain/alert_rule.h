// What is watched and when it becomes an alert (plan §13.2; decisions D15, D29).
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pitview/base/error.h"

namespace pitview {

// The first six are of a pit, the others of the platform. The plan's "Critical AQI" is no
// type of its own: it is what high_aqi becomes, so that bad air is one alert and not two.
enum class AlertType {
  high_aqi,
  temp_out_of_range,
  humidity_out_of_range,
  dew_point_margin,
  camera_offline,
  device_offline,
  server_cpu,
  disk_space,
};
inline constexpr std::size_t kAlertTypes = 8;

bool is_of_platform(AlertType type) noexcept;
// Every type, in the order of the enumeration.
std::span<const AlertType> all_alert_types() noexcept;

enum class AlertSeverity { info, warning, critical };

// What a type measures; limits must lie within `least`..`most`.
struct AlertQuantity {
  std::string_view unit;  // "%", "°C", "" for an index
  double least = 0;
  double most = 0;
  bool has_low = false;  // too little of it is bad
  bool has_high = false;
};

// Null for what is there or is not: cameras and devices.
const AlertQuantity* quantity_of(AlertType type) noexcept;

// Limits are in the unit of the quantity and are themselves still good: 150 is no alert, 151 is.
struct AlertRule {
  bool enabled = true;
  AlertSeverity severity = AlertSeverity::warning;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> critical_low;  // beyond it the alert becomes critical
  std::optional<double> critical_high;
  double hysteresis = 0;                                  // so far back inside before it is over
  std::chrono::seconds lasting{0};                        // raised after so long without a break
  std::optional<std::chrono::seconds> escalates_after{};  // critical when nobody has taken notice for so long

  friend bool operator==(const AlertRule&, const AlertRule&) = default;
};

using AlertRules = std::array<AlertRule, kAlertTypes>;  // by type

// The plan's thresholds, and below 30 %RH and a dew-point margin below 3 °C.
const AlertRules& standard_alert_rules() noexcept;

inline constexpr std::chrono::seconds kLongestAlertTime = std::chrono::hours(24);

// What is wrong with a rule: fields named as on the wire ("critical_high"), empty when it is
// sound. Sound: limits are of sides the quantity has, finite, in order and within its
// range; there is room for the hysteresis, so that every alert can end; times are
// 0 (escalation: 1) second to a day; what is critical from the start does not escalate.
std::vector<FieldProblem> faults_of(AlertType type, const AlertRule& rule);

}  // namespace pitview
