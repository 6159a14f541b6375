#include "telemetry/sensor_message.h"

#include <charconv>

#include "pitview/json/read.h"
#include "pitview/json/types.h"

namespace pitview::telemetry {

using Counter = json::Int<0, 0x7FFFFFFF>;  // a PostgreSQL integer

// As on the wire; json::read checks the types, fault_of() the ranges.
struct SensorPayload {
  json::Text<1, 64> device_id;
  json::Text<1, 64> license_key;
  std::optional<Timestamp> timestamp;
  std::optional<double> temperature;
  std::optional<double> humidity;
  std::optional<double> aqi;
  std::optional<double> pressure;
  std::optional<Counter> boot_id;
  std::optional<Counter> seq;
  std::optional<int> iaq_accuracy;
  std::optional<double> gas_ohm;
  std::optional<bool> replay;
};
BOOST_DESCRIBE_STRUCT(SensorPayload, (),
                      (device_id, license_key, timestamp, temperature, humidity, aqi, pressure, boot_id, seq,
                       iaq_accuracy, gas_ohm, replay))

struct IdentityPayload {
  json::Text<1, 64> device_id;
  json::Text<1, 64> license_key;
  Counter boot_id;
  Counter seq;
};
BOOST_DESCRIBE_STRUCT(IdentityPayload, (), (device_id, license_key, boot_id, seq))

struct StatusPayload {
  std::string status;
  std::optional<Counter> boot_id;
  std::optional<json::Int<0, INT64_MAX>> state_version;
  std::optional<json::Text<0, 32>> fw;
  std::optional<json::Text<0, 16>> hw_rev;
};
BOOST_DESCRIBE_STRUCT(StatusPayload, (), (status, boot_id, state_version, fw, hw_rev))

namespace {

std::string_view next_segment(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view segment = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  return segment;
}

int number_of(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() && number > 0 ? number : 0;
}

// The plan's firmware writes the index as the sensor library gives it, "78.4".
std::optional<int> rounded(const std::optional<double>& aqi) {
  if (!aqi) return std::nullopt;
  if (!(*aqi > -1e6 && *aqi < 1e6)) return -1;  // out of every range, and of int
  return static_cast<int>(*aqi + (*aqi < 0 ? -0.5 : 0.5));
}

}  // namespace

Topic parse_topic(std::string_view topic) noexcept {
  Topic parsed;
  if (next_segment(topic) != "workshop") return parsed;
  parsed.workshop_code = next_segment(topic);
  const std::string_view third = next_segment(topic);
  if (third == "device") {
    parsed.device_id = next_segment(topic);
    if (topic == "status") parsed.kind = TopicKind::device_status;
    if (topic == "command" || topic == "config" || topic == "ack") parsed.kind = TopicKind::from_server;
  } else if (third == "pit") {
    parsed.pit_number = number_of(next_segment(topic));
    if (topic == "sensors" && parsed.pit_number > 0) parsed.kind = TopicKind::sensors;
  } else if (third.starts_with("pit")) {
    parsed.pit_number = number_of(third.substr(3));
    if (topic == "sensors" && parsed.pit_number > 0) parsed.kind = TopicKind::sensors;
  }
  return parsed;
}

Result<SensorMessage> parse_sensor_message(std::string_view payload, Timestamp received_at) {
  Result<SensorPayload> read = json::read<SensorPayload>(payload);
  if (!read) return std::move(read).error();
  if (read->boot_id.has_value() != read->seq.has_value())
    return Error{Errc::validation_failed, "boot_id and seq belong together.", {}, 0};
  SensorMessage message{.device_id = std::move(read->device_id.value),
                        .license_key = std::move(read->license_key.value),
                        .measured_at = read->timestamp.value_or(received_at),
                        .replay = read->replay.value_or(false)};
  message.numbered = read->seq.has_value();
  if (read->seq) {
    message.boot_id = static_cast<std::int32_t>(*read->boot_id);
    message.seq = static_cast<std::int32_t>(*read->seq);
  }
  message.air = {.temperature_c = read->temperature,
                 .humidity_rh = read->humidity,
                 .pressure_hpa = read->pressure,
                 .aqi = rounded(read->aqi),
                 .iaq_accuracy = read->iaq_accuracy,
                 .gas_ohm = read->gas_ohm};
  return message;
}

MessageFault fault_of(const SensorMessage& message, Timestamp now) noexcept {
  if (pitview::fault_of(message.air)) return MessageFault::out_of_range;
  if (message.measured_at > now + kMaxFuture) return MessageFault::future_timestamp;
  if (message.measured_at < now - kMaxAge) return MessageFault::too_old;
  return MessageFault::none;
}

std::optional<ReadingIdentity> parse_identity(std::string_view payload) {
  Result<IdentityPayload> read = json::read<IdentityPayload>(payload);
  if (!read) return std::nullopt;
  return ReadingIdentity{.device_id = std::move(read->device_id.value),
                         .license_key = std::move(read->license_key.value),
                         .boot_id = static_cast<std::int32_t>(read->boot_id),
                         .seq = static_cast<std::int32_t>(read->seq)};
}

std::optional<StatusReport> parse_device_status(std::string_view payload) {
  Result<StatusPayload> read = json::read<StatusPayload>(payload);
  if (!read) return std::nullopt;
  if (read->status != "online" && read->status != "offline" && read->status != "disabled") return std::nullopt;
  StatusReport report{.status = std::move(read->status)};
  if (read->boot_id) report.boot_id = read->boot_id->value;
  if (read->state_version) report.state_version = read->state_version->value;
  if (read->fw) report.fw = std::move(read->fw->value);
  if (read->hw_rev) report.hw_rev = std::move(read->hw_rev->value);
  return report;
}

}  // namespace pitview::telemetry
