#include "message.h"

#include <boost/describe/class.hpp>
#include <cmath>

#include "pitview/json/write.h"
#include "reading_text.h"

namespace pitview::bench {

struct Payload {
  std::string device_id;
  std::string license_key;
  std::string timestamp;
  double temperature = 0;
  double humidity = 0;
  int aqi = 0;
  double pressure = 0;
  int iaq_accuracy = 0;
  std::int32_t boot_id = 0;
  std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(Payload, (),
                      (device_id, license_key, timestamp, temperature, humidity, aqi, pressure, iaq_accuracy, boot_id,
                       seq))

namespace {

constexpr std::int64_t kTemperatures = 80;  // 18.0 to 25.9 °C
constexpr std::int64_t kHumidities = 20;    // 40 to 59 %RH
constexpr std::int64_t kPressures = 2000;   // 900.0 to 1099.9 hPa

std::int64_t steps(double value, double from, double step) { return std::llround((value - from) / step); }
bool within(std::int64_t value, std::int64_t end) { return value >= 0 && value < end; }

}  // namespace

Values values_of(std::int64_t ordinal) {
  // Divided, not multiplied by 0.1: 18 + 3 / 10.0 is the double that "18.3" reads as.
  return {.temperature = static_cast<double>(180 + ordinal % kTemperatures) / 10,
          .humidity = static_cast<double>(40 + ordinal / kTemperatures % kHumidities),
          .pressure = static_cast<double>(9000 + ordinal / (kTemperatures * kHumidities) % kPressures) / 10};
}

std::optional<std::int64_t> ordinal_of(const Values& values) {
  const std::int64_t temperature = steps(values.temperature, 18, 0.1);
  const std::int64_t humidity = steps(values.humidity, 40, 1);
  const std::int64_t pressure = steps(values.pressure, 900, 0.1);
  if (!within(temperature, kTemperatures) || !within(humidity, kHumidities) || !within(pressure, kPressures))
    return std::nullopt;
  return (pressure * kHumidities + humidity) * kTemperatures + temperature;
}

std::optional<std::int64_t> ordinal_in(json::View reading) {
  const auto number = [&](std::string_view name) {
    const auto value = reading.find(name);
    return value && value->kind() == json::Kind::number ? value->as_double() : std::nan("");
  };
  const Values values{number("temperature"), number("humidity"), number("pressure")};
  if (std::isnan(values.temperature + values.humidity + values.pressure)) return std::nullopt;
  return ordinal_of(values);
}

std::string payload_of(const Device& device, std::int32_t boot_id, std::int64_t ordinal, Timestamp due) {
  const Values values = values_of(ordinal);
  return json::write(Payload{.device_id = device.device_id,
                             .license_key = device.license_key,
                             .timestamp = with_microseconds(due),
                             .temperature = values.temperature,
                             .humidity = values.humidity,
                             .aqi = 42,
                             .pressure = values.pressure,
                             .iaq_accuracy = 3,
                             .boot_id = boot_id,
                             .seq = ordinal});
}

}  // namespace pitview::bench
