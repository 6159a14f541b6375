#include "payload.h"

#include <boost/describe/class.hpp>

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::sim {
namespace {

struct SensorsMessage {
  std::string device_id;
  std::string license_key;
  Timestamp timestamp;
  std::optional<double> temperature;
  std::optional<double> humidity;
  std::optional<int> aqi;
  std::optional<double> pressure;
  int v = 1;
  std::int32_t boot_id = 0;
  std::int32_t seq = 0;
  std::int64_t uptime_s = 0;
  std::optional<int> iaq_accuracy;
  std::optional<double> gas_ohm;
  std::string iaq_method = "simulated";
  std::string fw;
};
BOOST_DESCRIBE_STRUCT(SensorsMessage, (),
                      (device_id, license_key, timestamp, temperature, humidity, aqi, pressure, v, boot_id, seq,
                       uptime_s, iaq_accuracy, gas_ohm, iaq_method, fw))

struct OnlineMessage {
  std::string status = "online";
  std::string fw = std::string(kFirmware);
  std::int32_t boot_id = 0;
  std::int64_t uptime_s = 0;
};
BOOST_DESCRIBE_STRUCT(OnlineMessage, (), (status, fw, boot_id, uptime_s))

struct DisabledMessage {
  std::string status = "disabled";
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(DisabledMessage, (), (status, reason))

struct CommandMessage {
  std::string command;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(CommandMessage, (), (command, reason))

}  // namespace

std::string sensors_payload(std::string_view device_id, std::string_view license_key, const Reading& reading) {
  SensorsMessage message;
  message.device_id = device_id;
  message.license_key = license_key;
  message.timestamp = reading.measured_at;
  message.temperature = reading.air.temperature_c;
  message.humidity = reading.air.humidity_rh;
  message.aqi = reading.air.aqi;
  message.pressure = reading.air.pressure_hpa;
  message.boot_id = reading.boot_id;
  message.seq = reading.seq;
  message.uptime_s = reading.uptime_s;
  message.iaq_accuracy = reading.air.iaq_accuracy;
  message.gas_ohm = reading.air.gas_ohm;
  message.fw = kFirmware;
  std::string text = json::write(message);
  // A live reading has no such member.
  if (reading.replay) text.replace(text.size() - 1, 1, R"(,"replay":true})");
  return text;
}

std::string online_status(std::int32_t boot_id, std::int64_t uptime_s) {
  OnlineMessage message;
  message.boot_id = boot_id;
  message.uptime_s = uptime_s;
  return json::write(message);
}

std::string offline_status() { return R"({"status":"offline"})"; }

std::string disabled_status(std::string_view reason) {
  DisabledMessage message;
  message.reason = reason;
  return json::write(message);
}

Result<Command> parse_command(std::string_view payload) {
  const Result<CommandMessage> message = json::read<CommandMessage>(payload);
  if (!message) return message.error();
  const std::string reason = message->reason.value_or("");
  if (message->command == "DISABLE") return Command{CommandKind::disable, reason};
  if (message->command == "ENABLE") return Command{CommandKind::enable, reason};
  return {Errc::validation_failed, "The command is neither DISABLE nor ENABLE."};
}

Topics topics_of(std::string_view workshop_code, int pit_number, std::string_view device_id) {
  const std::string workshop = "workshop/" + std::string(workshop_code);
  const std::string device = workshop + "/device/" + std::string(device_id);
  return {workshop + "/pit/" + std::to_string(pit_number) + "/sensors", device + "/status", device + "/command"};
}

}  // namespace pitview::sim
