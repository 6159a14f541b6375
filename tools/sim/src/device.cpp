#include "device.h"

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::sim {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kGoodbyeLimit{2};

// publish() without its reason: awaited where only a deadline matters.
Awaitable<> publish_and_forget(mqtt::Client& client, std::string topic, std::string payload) {
  const Result<> sent = co_await client.publish(std::move(topic), std::move(payload), mqtt::QoS::at_least_once, true);
  if (!sent) log::debug("sim_publish_failed", {{"reason", sent.error().detail}});
}

}  // namespace

Device::Device(const asio::any_io_executor& executor, const DeviceConfig& device, const MqttConfig& broker,
               std::chrono::seconds interval, std::int32_t boot_id, const Clock& clock)
    : clock_(clock),
      device_id_(device.device_id),
      license_key_(device.license_key),
      topics_(topics_of(device.workshop_code, device.pit_number, device.device_id)),
      weather_(site_of(device.workshop_code, device.pit_number)),
      interval_(interval),
      client_(executor, client_options(device, broker),
              {.on_message = [this](const mqtt::Message& message) { on_command(message); },
               .on_connected = [this](bool) { on_connected(); },
               .on_disconnected = {}}),
      tasks_(executor),
      boot_id_(boot_id),
      started_(steady_clock::now()),
      next_measurement_(executor),
      something_to_send_(executor, steady_clock::time_point::max()) {}

mqtt::ClientOptions Device::client_options(const DeviceConfig& device, const MqttConfig& broker) const {
  mqtt::ClientOptions options;
  options.host = broker.host;
  options.port = broker.port;
  options.client_id = device.device_id;
  options.username = device.mqtt_username;
  options.password = device.mqtt_password;
  options.clean_session = false;  // a command sent while it is away waits in the broker
  options.will = mqtt::Will{topics_.status, offline_status(), mqtt::QoS::at_least_once, true};
  options.subscriptions = {{topics_.command, mqtt::QoS::at_least_once}};
  options.max_packet_bytes = 4'096;
  options.max_in_flight = 8;
  return options;
}

void Device::start() {
  tasks_.spawn("sim_session", client_.run());
  tasks_.spawn("sim_measure", measure_every_interval());
  tasks_.spawn("sim_send", send_readings());
}

Awaitable<> Device::stop() {
  stopping_ = true;
  if (client_.connected())
    co_await with_deadline(kGoodbyeLimit, publish_and_forget(client_, topics_.status, offline_status()));
  client_.stop();
  next_measurement_.cancel();
  something_to_send_.cancel();
  co_await tasks_.join();
}

void Device::on_connected() {
  tasks_.spawn("sim_status", publish_status());
  // The first reading at once: nobody looks at an empty page for an interval.
  next_measurement_.cancel();
  something_to_send_.cancel();
}

Awaitable<> Device::publish_status() {
  std::string status = enabled_ ? online_status(boot_id_, uptime_s()) : disabled_status(disabled_reason_);
  const Result<> sent =
      co_await client_.publish(topics_.status, std::move(status), mqtt::QoS::at_least_once, /*retain=*/true);
  if (!sent) log::warning("sim_status_not_sent", {{"device_id", device_id_}, {"reason", sent.error().detail}});
}

Awaitable<> Device::measure_every_interval() {
  while (!stopping_) {
    next_measurement_.expires_after(interval_);
    error_code connected_or_stopped;
    co_await next_measurement_.async_wait(asio::redirect_error(asio::use_awaitable, connected_or_stopped));
    if (!stopping_) measure();
  }
}

void Device::measure() {
  if (!enabled_) return;
  if (queue_.size() >= kMostQueuedReadings) {
    queue_.pop_front();
    ++dropped_;
  }
  Reading reading;
  reading.measured_at = clock_.now();
  reading.air = weather_.at(reading.measured_at);
  reading.boot_id = boot_id_;
  reading.seq = next_seq_++;
  reading.uptime_s = uptime_s();
  reading.replay = !client_.connected();
  queue_.push_back(reading);
  something_to_send_.cancel();
}

// Oldest first, one after the other. A reading leaves the queue when the broker
// has confirmed it; what was on its way when the connection broke is sent again
// and is known as the same by boot_id and seq.
Awaitable<> Device::send_readings() {
  while (!stopping_) {
    if (queue_.empty() || !enabled_ || !client_.connected()) {
      error_code woken;
      co_await something_to_send_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      continue;
    }
    const std::int32_t seq = queue_.front().seq;
    const Result<> sent = co_await client_.publish(
        topics_.sensors, sensors_payload(device_id_, license_key_, queue_.front()), mqtt::QoS::at_least_once);
    // While it was on its way a full queue may have dropped it.
    const bool still_there = !queue_.empty() && queue_.front().seq == seq;
    if (!still_there) continue;
    if (!sent && sent.error().code == Errc::unavailable) {
      queue_.front().replay = true;
      continue;
    }
    if (!sent) log::error("sim_reading_not_sendable", {{"device_id", device_id_}, {"reason", sent.error().detail}});
    queue_.pop_front();
  }
}

void Device::on_command(const mqtt::Message& message) {
  const Result<Command> command = parse_command(message.payload);
  if (!command) {
    log::warning("sim_command_refused", {{"device_id", device_id_}, {"reason", command.error().detail}});
  } else {
    enabled_ = command->kind == CommandKind::enable;
    disabled_reason_ = enabled_ ? "" : command->reason;
    log::info("sim_command",
              {{"device_id", device_id_}, {"command", enabled_ ? "ENABLE" : "DISABLE"}, {"reason", command->reason}});
    if (client_.connected()) tasks_.spawn("sim_status", publish_status());
    if (enabled_) next_measurement_.cancel();  // resumes with a reading at once
  }
  client_.acknowledge(message.token);
}

std::int64_t Device::uptime_s() const {
  return std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - started_).count();
}

}  // namespace pitview::sim
