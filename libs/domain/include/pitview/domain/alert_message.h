// What an alert says to people: what is wrong, for how long, what to do.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "pitview/domain/alert_rule.h"

namespace pitview {

// "Humidity 72 % for 12 min: start the dehumidifier and lay no film." At most 200 bytes.
// `value` is empty for what is not there; `lasting` below one second is left out.
std::string alert_message(AlertType type, const AlertRule& rule, AlertSeverity severity, std::optional<double> value,
                          std::chrono::seconds lasting);

// "45 s", "12 min", "3 h", "3 h 5 min", "2 days".
std::string duration_text(std::chrono::seconds time);

}  // namespace pitview
