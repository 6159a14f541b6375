#include "pitview/domain/alert_message.h"

#include <cstdio>

namespace pitview {
namespace {

using std::chrono::seconds;

// One decimal, and none when it is 0: "72", "70.4".
std::string figure(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  std::string figure(text);
  if (figure.ends_with(".0")) figure.resize(figure.size() - 2);
  return figure == "-0" ? "0" : figure;
}

std::string lasting_text(seconds lasting) {
  return lasting < seconds(1) ? std::string() : " for " + duration_text(lasting);
}

std::string temperature_text(const AlertRule& rule, double value) {
  if (rule.low && value < *rule.low) return ": heat the bay, film does not bond well in the cold.";
  return ": cool the bay before laying film.";
}

std::string humidity_text(const AlertRule& rule, double value) {
  if (rule.low && value < *rule.low) return ": moisten the air, the slip solution dries too fast.";
  return ": start the dehumidifier and lay no film.";
}

std::string aqi_text(AlertSeverity severity) {
  if (severity == AlertSeverity::critical) return ": stop the work, open the gates and wear masks.";
  return ": open the gates or start the extractor.";
}

}  // namespace

std::string duration_text(seconds time) {
  const auto count = time.count();
  if (count < 60) return std::to_string(count) + " s";
  if (count < 3600) return std::to_string(count / 60) + " min";
  if (count >= 48 * 3600) return std::to_string(count / 86400) + " days";
  std::string text = std::to_string(count / 3600) + " h";
  if (const auto minutes = count % 3600 / 60; minutes > 0) text += " " + std::to_string(minutes) + " min";
  return text;
}

std::string alert_message(AlertType type, const AlertRule& rule, AlertSeverity severity, std::optional<double> value,
                          seconds lasting) {
  const double measured = value.value_or(0);
  const std::string time = lasting_text(lasting);
  switch (type) {
    case AlertType::high_aqi: return "Air quality (VOC) index " + figure(measured) + time + aqi_text(severity);
    case AlertType::temp_out_of_range:
      return "Temperature " + figure(measured) + " °C" + time + temperature_text(rule, measured);
    case AlertType::humidity_out_of_range:
      return "Humidity " + figure(measured) + " %" + time + humidity_text(rule, measured);
    case AlertType::dew_point_margin:
      return "Air only " + figure(measured) + " °C above its dew point" + time +
             ": condensation is near, warm the bay or dry the air and coat nothing.";
    case AlertType::camera_offline: return "Camera offline" + time + ": check its cable and the PoE switch.";
    case AlertType::device_offline:
      return "Sensor box offline" + time + ": check its power supply and its network cable.";
    case AlertType::server_cpu:
      return "Server CPU at " + figure(measured) + " %" + time + ": find what keeps it busy or add a server.";
    case AlertType::disk_space:
      return "A disk of the server is " + figure(measured) + " % full" + time + ": free space or enlarge it.";
  }
  return "";
}

}  // namespace pitview
