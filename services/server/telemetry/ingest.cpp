#include "telemetry/ingest.h"

#include <variant>

#include "pitview/async/deadline.h"
#include "pitview/base/crypto.h"
#include "pitview/json/write.h"
#include "telemetry/reading.h"

namespace pitview::telemetry {
namespace {

// A commit takes milliseconds; after so long the database is away or stuck.
constexpr std::chrono::seconds kStandsStill{3};
constexpr std::chrono::seconds kLookAgain{1};
constexpr std::chrono::seconds kFlushLimit{2};

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
      settlement_(
          parts.link.executor(), [this] { return parts_.link.connected(); },
          [this](std::string topic, std::string payload) {
            return publish_settlement(std::move(topic), std::move(payload));
          }),
      tasks_(parts.link.executor()),
      writer_task_(parts.link.executor()) {}

void Ingest::start() {
  writer_task_.spawn("reading_writer", writer_.run());
  tasks_.spawn("settlement", settlement_.run());
  tasks_.spawn("release_what_devices_keep", release_what_devices_keep());
}

Awaitable<> Ingest::stop() {
  // From here on messages stay with the broker. The writer ends first: its
  // acknowledgements still need the connection.
  stopping_ = true;
  writer_.stop();
  co_await writer_task_.join();
  tasks_.cancel();
  co_await tasks_.join();
  // What the devices are not told now they would repeat in a minute.
  co_await with_deadline(kFlushLimit, settlement_.flush());
}

void Ingest::handle(mqtt::Message message) {
  if (stopping_) return;
  const Topic topic = parse_topic(message.topic);
  if (topic.kind == TopicKind::sensors) return handle_reading(message, topic);
  refuse(message, {Refusal::unknown_topic, message.topic.substr(0, 120)});
}

void Ingest::handle_reading(const mqtt::Message& message, const Topic& topic) {
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
  if (const auto refused = check_budget(device)) return refuse(message, *refused);
  if (const auto refused = check_licence(device)) {
    if (refused->reason == Refusal::licence_refused) parts_.watcher.licence_refused(device);
    return refuse(message, *refused);
  }
  if (const auto refused = validate(reading)) {
    settle(reading, device);
    return refuse(message, *refused);
  }
  show_live(device, reading);
  if (const auto refused = check_room(reading)) return refuse(message, *refused);
  store(device, reading, message.token);
}

std::optional<Refused> Ingest::check_size(const mqtt::Message& message) const {
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
  Device* device = parts_.directory.directory().find(device_id);
  if (device == nullptr) return Refused{Refusal::unknown_device, std::string(kUnknownLicence), device_id};
  if (!crypto::equal_constant_time(text_of(crypto::sha256(license_key)), device->license_hash))
    return Refused{Refusal::wrong_licence, std::string(kUnknownLicence), device_id};
  if (topic.workshop_code != device->workshop_code || (device->pit && topic.pit_number != device->pit_number))
    return Refused{Refusal::topic_mismatch, "the device belongs to another workshop or pit", device_id};
  return device;
}

std::optional<Refused> Ingest::check_licence(const Device& device) const {
  if (const auto refusal = licence_refusal(device.licence, parts_.clock.now()))
    return Refused{Refusal::licence_refused, std::string(*refusal), device.device_id};
  if (!device.pit) return Refused{Refusal::no_pit, "the device is at no pit"};
  return std::nullopt;
}

std::optional<Refused> Ingest::validate(const SensorMessage& message) const {
  switch (fault_of(message, parts_.clock.now())) {
    case MessageFault::none: return std::nullopt;
    case MessageFault::out_of_range:
      return Refused{Refusal::out_of_range, std::string(*pitview::fault_of(message.air))};
    case MessageFault::future_timestamp: return Refused{Refusal::future_timestamp, to_iso8601(message.measured_at)};
    case MessageFault::too_old: return Refused{Refusal::too_old, to_iso8601(message.measured_at)};
  }
  return std::nullopt;
}

std::optional<Refused> Ingest::check_budget(Device& device) const {
  if (device.budget.take(std::chrono::steady_clock::now())) return std::nullopt;
  return Refused{Refusal::too_many, device.device_id};
}

// Of QoS 1 the broker sends no more than we leave unacknowledged, of QoS 0 and
// after many lost connections anything.
std::optional<Refused> Ingest::check_room(const SensorMessage& reading) const {
  if (writer_.is_full())
    return Refused{reading.numbered ? Refusal::left_to_device : Refusal::overload, "the queue is full"};
  return std::nullopt;
}

// Those that came before it was clear that the database stands still.
Awaitable<> Ingest::release_what_devices_keep() {
  while (true) {
    co_await sleep_for(kLookAgain);
    if (database_stands_still()) writer_.release_numbered([this](mqtt::AckToken token) { acknowledge(token); });
  }
}

// What the database cannot take now must not hold back what need not wait for it.
void Ingest::acknowledge(mqtt::AckToken token) {
  parts_.sessions.acknowledge(token, database_stands_still() ? mqtt::AckOrder::at_once : mqtt::AckOrder::in_order);
}

bool Ingest::database_stands_still() const {
  return std::chrono::steady_clock::now() - last_done_ > kStandsStill && held_ > 0;
}

void Ingest::show_live(Device& device, const SensorMessage& message) {
  parts_.watcher.heard(device, message.measured_at);
  // What was measured before the device came to this pit is no news of this pit.
  if (message.replay || message.measured_at < device.assigned_at) return;
  const Reading reading{.pit_id = *device.pit,
                        .temperature = message.air.temperature_c,
                        .humidity = message.air.humidity_rh,
                        .aqi = message.air.aqi,
                        .pressure = message.air.pressure_hpa,
                        .iaq_accuracy = message.air.iaq_accuracy,
                        .timestamp = message.measured_at};
  if (!parts_.newest.note(reading)) return;
  if (parts_.reading_watcher != nullptr) parts_.reading_watcher->shown(reading);
  parts_.hub.publish({"sensor_update", device.workshop, *device.pit, {}, {}, json::write(reading), device.key});
}

void Ingest::store(const Device& device, const SensorMessage& message, mqtt::AckToken token) {
  parts_.metrics.accepted();
  if (held_++ == 0) last_done_ = std::chrono::steady_clock::now();
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
  if (reading.numbered && database_stands_still()) {
    acknowledge(token);
    token = {};
  }
  writer_.add(reading, token);
}

// In the database, or set aside because the database will never take it.
void Ingest::done(const NewReading& reading, mqtt::AckToken token) {
  --held_;
  last_done_ = std::chrono::steady_clock::now();
  acknowledge(token);
  const Device* device = reading.numbered ? parts_.directory.directory().find(reading.device) : nullptr;
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
  if (device == nullptr || check_budget(**device) || check_licence(**device)) return;
  settlement_.add((*device)->workshop_code, (*device)->device_id, identity->boot_id, identity->seq);
}

Awaitable<> Ingest::publish_settlement(std::string topic, std::string payload) {
  // Not connected: the device repeats what it was not told.
  (void)co_await parts_.link.publish(std::move(topic), std::move(payload), mqtt::QoS::at_most_once);
}

// A refused message is acknowledged: it would be refused again.
void Ingest::refuse(const mqtt::Message& message, const Refused& refused) {
  parts_.refusals.note(message, refused);
  acknowledge(message.token);
}

}  // namespace pitview::telemetry
