#include "telemetry/ingest.h"

#include <variant>

#include "pitview/async/deadline.h"
#include "pitview/base/crypto.h"
#include "pitview/json/write.h"
#include "telemetry/reading.h"

namespace pitview::telemetry {

struct DeviceStatusEvent {
  std::optional<PitId> pit_id;
  std::string status;
  Timestamp last_seen;
};
BOOST_DESCRIBE_STRUCT(DeviceStatusEvent, (), (pit_id, status, last_seen))

namespace {

constexpr std::chrono::seconds kDirectoryRefresh{5};
constexpr std::chrono::hours kHousekeepingEvery{6};
constexpr std::chrono::seconds kStatusRetry{2};

std::string_view text_of(const crypto::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

template <class To, class From>
std::optional<To> narrowed(const std::optional<From>& value) {
  if (!value) return std::nullopt;
  return static_cast<To>(*value);
}

}  // namespace

Ingest::Ingest(Parts parts)
    : parts_(parts),
      writer_(parts.link.executor(), parts.readings, parts.metrics,
              [this](const NewReading& reading, mqtt::AckToken token) { done(reading, token); }),
      settlement_(parts.link.executor(),
                  [this](std::string topic, std::string payload) {
                    return publish_settlement(std::move(topic), std::move(payload));
                  }),
      tasks_(parts.link.executor()),
      writer_task_(parts.link.executor()),
      refresh_(parts.link.executor()) {}

Awaitable<> Ingest::start() {
  co_await parts_.readings.ensure_partitions();
  directory_.replace(co_await parts_.readings.device_directory());
  log::info("device_directory_loaded", {{"devices", directory_.size()}});
  writer_task_.spawn("reading_writer", writer_.run());
  tasks_.spawn("device_directory", refresh_directory());
  tasks_.spawn("settlement", settlement_.run());
}

Awaitable<> Ingest::stop() {
  // From here on messages stay with the broker. The writer ends first: its
  // acknowledgements still need the connection.
  stopping_ = true;
  writer_.stop();
  co_await writer_task_.join();
  tasks_.cancel();
  co_await tasks_.join();
}

void Ingest::handle(mqtt::Message message) {
  if (stopping_) return;
  const Topic topic = parse_topic(message.topic);
  switch (topic.kind) {
    case TopicKind::sensors: return handle_sensors(message, topic);
    case TopicKind::device_status: return handle_device_status(message, topic);
    case TopicKind::from_server: return parts_.link.acknowledge(message.token);
    case TopicKind::other: return refuse(message, {Refusal::unknown_topic, message.topic.substr(0, 120)});
  }
}

void Ingest::handle_sensors(const mqtt::Message& message, const Topic& topic) {
  if (const auto refused = check_size(message)) return refuse(message, *refused);
  Checked<SensorMessage> decoded = decode(message);
  if (const auto* refused = std::get_if<Refused>(&decoded)) {
    settle_faulty(message, topic);
    return refuse(message, *refused);
  }
  const SensorMessage& reading = std::get<SensorMessage>(decoded);
  const Checked<Device*> identified = identify(reading.device_id, reading.license_key, topic);
  if (const auto* refused = std::get_if<Refused>(&identified)) return refuse(message, *refused);
  Device& device = *std::get<Device*>(identified);
  if (const auto refused = check_licence(device)) {
    if (refused->reason == Refusal::licence_refused) parts_.watcher.licence_refused(device);
    return refuse(message, *refused);
  }
  if (const auto refused = validate(reading)) {
    settle(reading, device);
    return refuse(message, *refused);
  }
  if (const auto refused = check_room(message)) return refuse(message, *refused);
  show_live(device, reading);
  store(device, reading, message.token);
}

std::optional<Ingest::Refused> Ingest::check_size(const mqtt::Message& message) const {
  if (message.payload.size() <= kMaxPayloadBytes) return std::nullopt;
  return Refused{Refusal::too_large, std::to_string(message.payload.size()) + " bytes"};
}

Ingest::Checked<SensorMessage> Ingest::decode(const mqtt::Message& message) const {
  Result<SensorMessage> decoded = parse_sensor_message(message.payload, parts_.clock.now());
  if (decoded) return std::move(*decoded);
  const Error& error = decoded.error();
  const bool malformed = error.code == Errc::malformed_json;
  std::string detail = error.detail;
  for (const FieldProblem& problem : error.fields) detail += " " + problem.field + " " + problem.message + ".";
  return Refused{malformed ? Refusal::malformed_json : Refusal::invalid_payload, std::move(detail)};
}

// By the server's own list; what topic and payload say about workshop and pit is
// only compared with it (decision D1).
Ingest::Checked<Device*> Ingest::identify(const std::string& device_id, const std::string& license_key,
                                          const Topic& topic) {
  Device* device = directory_.find(device_id);
  if (device == nullptr) return Refused{Refusal::unknown_device, std::string(kUnknownLicence)};
  if (!crypto::equal_constant_time(text_of(crypto::sha256(license_key)), device->license_hash))
    return Refused{Refusal::wrong_licence, std::string(kUnknownLicence)};
  if (topic.workshop_code != device->workshop_code || (device->pit && topic.pit_number != device->pit_number))
    return Refused{Refusal::topic_mismatch, "the device belongs to another workshop or pit"};
  return device;
}

std::optional<Ingest::Refused> Ingest::check_licence(const Device& device) const {
  if (const auto refusal = licence_refusal(device.licence, parts_.clock.now()))
    return Refused{Refusal::licence_refused, std::string(*refusal)};
  if (!device.pit) return Refused{Refusal::no_pit, "the device is at no pit"};
  return std::nullopt;
}

std::optional<Ingest::Refused> Ingest::validate(const SensorMessage& message) const {
  switch (fault_of(message, parts_.clock.now())) {
    case MessageFault::none: return std::nullopt;
    case MessageFault::out_of_range:
      return Refused{Refusal::out_of_range, std::string(*pitview::fault_of(message.air))};
    case MessageFault::future_timestamp: return Refused{Refusal::future_timestamp, to_iso8601(message.measured_at)};
    case MessageFault::too_old: return Refused{Refusal::too_old, to_iso8601(message.measured_at)};
  }
  return std::nullopt;
}

// Only QoS 0 can flood us: of QoS 1 the broker sends no more than we acknowledge.
std::optional<Ingest::Refused> Ingest::check_room(const mqtt::Message& message) const {
  if (message.qos != mqtt::QoS::at_most_once || !writer_.is_full()) return std::nullopt;
  return Refused{Refusal::overload, "the queue is full"};
}

void Ingest::show_live(Device& device, const SensorMessage& message) {
  if (!device.online) set_online(device, true);
  const bool news = !device.last_shown_at || message.measured_at > *device.last_shown_at;
  // What was measured before the device came to this pit is no news of this pit.
  if (message.replay || !news || message.measured_at < device.assigned_at) return;
  device.last_shown_at = message.measured_at;
  const Reading reading{.pit_id = *device.pit,
                        .temperature = message.air.temperature_c,
                        .humidity = message.air.humidity_rh,
                        .aqi = message.air.aqi,
                        .pressure = message.air.pressure_hpa,
                        .iaq_accuracy = message.air.iaq_accuracy,
                        .timestamp = message.measured_at};
  parts_.newest.note(reading);
  parts_.hub.publish({"sensor_update", device.workshop, *device.pit, {}, {}, json::write(reading)});
}

void Ingest::store(const Device& device, const SensorMessage& message, mqtt::AckToken token) {
  parts_.metrics.accepted();
  const Air& air = message.air;
  const NewReading reading{.device = device.key,
                           .measured_at = message.measured_at,
                           .received_at = parts_.clock.now(),
                           .boot_id = message.boot_id,
                           .seq = message.seq,
                           .temperature = narrowed<float>(air.temperature_c),
                           .humidity = narrowed<float>(air.humidity_rh),
                           .pressure = narrowed<float>(air.pressure_hpa),
                           .aqi = narrowed<std::int16_t>(air.aqi),
                           .iaq_accuracy = narrowed<std::int16_t>(air.iaq_accuracy),
                           .gas_ohm = narrowed<float>(air.gas_ohm),
                           .replayed = message.replay,
                           .numbered = message.numbered};
  writer_.add(reading, token);
}

// In the database, or set aside because the database will never take it.
void Ingest::done(const NewReading& reading, mqtt::AckToken token) {
  parts_.link.acknowledge(token);
  const Device* device = reading.numbered ? directory_.find(reading.device) : nullptr;
  if (device != nullptr) settlement_.add(device->workshop_code, device->device_id, reading.boot_id, reading.seq);
}

// Refused for good: it would be refused again.
void Ingest::settle(const SensorMessage& message, const Device& device) {
  if (message.numbered) settlement_.add(device.workshop_code, device.device_id, message.boot_id, message.seq);
}

// A reading with a fault, whose sender and number can be made out all the same.
void Ingest::settle_faulty(const mqtt::Message& message, const Topic& topic) {
  const auto identity = parse_identity(message.payload);
  if (!identity) return;
  const Checked<Device*> identified = identify(identity->device_id, identity->license_key, topic);
  const auto* device = std::get_if<Device*>(&identified);
  if (device == nullptr || check_licence(**device)) return;
  settlement_.add((*device)->workshop_code, (*device)->device_id, identity->boot_id, identity->seq);
}

Awaitable<> Ingest::publish_settlement(std::string topic, std::string payload) {
  // Not connected: the device repeats what it was not told.
  (void)co_await parts_.link.publish(std::move(topic), std::move(payload), mqtt::QoS::at_most_once);
}

void Ingest::handle_device_status(const mqtt::Message& message, const Topic& topic) {
  // How the server takes back what a retired device had left behind.
  if (message.payload.empty()) return parts_.link.acknowledge(message.token);
  auto report = parse_device_status(message.payload);
  Device* device = directory_.find(topic.device_id);
  if (!report) return refuse(message, {Refusal::invalid_payload, "status must be online, offline or disabled"});
  if (device == nullptr) return refuse(message, {Refusal::unknown_device, std::string(kUnknownLicence)});
  if (topic.workshop_code != device->workshop_code)
    return refuse(message, {Refusal::topic_mismatch, "the device belongs to another workshop"});
  parts_.watcher.reported(*device, *report);
  const bool online = report->status != "offline";
  if (online != device->online) announce(*device, online);
  record(*device, std::move(*report));
  parts_.link.acknowledge(message.token);
}

void Ingest::set_online(Device& device, bool online) {
  announce(device, online);
  record(device, {.status = online ? "online" : "offline"});
}

void Ingest::announce(Device& device, bool online) {
  device.online = online;
  const DeviceStatusEvent event{device.pit, online ? "online" : "offline", parts_.clock.now()};
  parts_.hub.publish({"device_status", device.workshop, device.pit.value_or(PitId()), {}, {}, json::write(event)});
}

// What is not said now was perhaps said a moment ago and is not written yet.
void Ingest::record(Device& device, StatusReport report) {
  const auto [waiting, is_first] = status_waiting_.try_emplace(device.device_id, report);
  if (is_first) {
    tasks_.spawn("device_status", record_status(device.device_id));
    return;
  }
  StatusReport& known = waiting->second;
  known.status = std::move(report.status);
  if (report.state_version) known.state_version = report.state_version;
  if (report.fw) known.fw = std::move(report.fw);
  if (report.hw_rev) known.hw_rev = std::move(report.hw_rev);
}

// A refused message is acknowledged: it would be refused again.
void Ingest::refuse(const mqtt::Message& message, const Refused& refused) {
  parts_.metrics.refused(refused.reason);
  std::int64_t held_back = 0;
  const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.now().time_since_epoch()).count();
  if (refusals_log_.allow(now_s, held_back))
    log::warning("message_refused", {{"reason", name_of(refused.reason)},
                                     {"detail", refused.detail},
                                     {"topic", message.topic.substr(0, 120)},
                                     {"not_logged_before", held_back}});
  parts_.link.acknowledge(message.token);
}

void Ingest::directory_changed() {
  asio::post(parts_.link.executor(), [this] {
    refresh_due_ = true;
    refresh_.cancel();
  });
}

Awaitable<> Ingest::wait_for_refresh() {
  if (!std::exchange(refresh_due_, false)) {
    refresh_.expires_after(kDirectoryRefresh);
    error_code ignored;
    co_await refresh_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    refresh_due_ = false;
  }
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

Awaitable<> Ingest::refresh_directory() {
  Timestamp housekeeping_due = parts_.clock.now() + kHousekeepingEvery;
  while (true) {
    co_await wait_for_refresh();
    try {
      directory_.replace(co_await parts_.readings.device_directory());
      parts_.watcher.directory_loaded(directory_);
      if (parts_.clock.now() >= housekeeping_due) {
        co_await parts_.readings.ensure_partitions();
        housekeeping_due = parts_.clock.now() + kHousekeepingEvery;
      }
      directory_is_fresh_ = true;
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      directory_is_old(e.what());
    } catch (const std::exception& e) {
      directory_is_old(e.what());
    }
  }
}

void Ingest::directory_is_old(std::string_view reason) {
  directory_is_fresh_ = false;
  log::warning("device_directory_is_old", {{"reason", reason}});
}

// What the device is by the time the database answers: of several changes while
// it was away only the last one counts.
Awaitable<> Ingest::record_status(std::string device_id) {
  while (const Device* device = directory_.find(device_id)) {
    const DeviceKey key = device->key;
    const auto waiting = status_waiting_.find(device_id);
    if (waiting == status_waiting_.end()) co_return;  // another one has written it
    const StatusReport report = std::move(waiting->second);
    status_waiting_.erase(waiting);  // a change from here on needs another write
    try {
      co_await parts_.readings.record_device_status(key, report.status != "offline", report, parts_.clock.now());
      co_return;
    } catch (const postgres::DatabaseUnavailable& e) {
      log::warning("device_status_waits_for_database", {{"device", key}, {"reason", e.what()}});
    }
    // Something newer wins; what it does not say is kept for the next try.
    if (!status_waiting_.try_emplace(device_id, report).second) co_return;  // another one will write it
    co_await sleep_for(kStatusRetry);
  }
  status_waiting_.erase(device_id);
}

}  // namespace pitview::telemetry
