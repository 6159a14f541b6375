// The way of a message from the broker into the database and onto the screens.
// Ingest::handle is its table of contents. One thread.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

#include "broker/link.h"
#include "pitview/async/task_group.h"
#include "pitview/base/log.h"
#include "pitview/live/hub.h"
#include "telemetry/device_directory.h"
#include "telemetry/device_watcher.h"
#include "telemetry/ingest_metrics.h"
#include "telemetry/newest_readings.h"
#include "telemetry/reading_writer.h"
#include "telemetry/readings_repository.h"
#include "telemetry/sensor_message.h"
#include "telemetry/settlement.h"

namespace pitview::telemetry {

class Ingest {
 public:
  struct Parts {
    broker::Link& link;
    ReadingsRepository& readings;
    NewestReadings& newest;
    live::Hub& hub;
    const Clock& clock;
    IngestMetrics& metrics;
    DeviceWatcher& watcher;
  };
  explicit Ingest(Parts parts);

  // Loads the directory; from then on handle() may be called. Throws when the database is away.
  Awaitable<> start();
  // Takes no more messages, commits what was taken, and returns when nothing runs.
  Awaitable<> stop();

  // Connected to the broker, and the database took and gave what it was asked last.
  bool healthy() const noexcept { return parts_.link.connected() && writer_.healthy() && directory_is_fresh_; }

  // One message, as the broker delivers it.
  void handle(mqtt::Message message);

  // From any thread: devices have changed, the directory is to be read again now.
  void directory_changed();

 private:
  struct Refused {
    Refusal reason;
    std::string detail;
  };
  template <class T>
  using Checked = std::variant<T, Refused>;

  void handle_sensors(const mqtt::Message& message, const Topic& topic);
  void handle_device_status(const mqtt::Message& message, const Topic& topic);

  std::optional<Refused> check_size(const mqtt::Message& message) const;
  Checked<SensorMessage> decode(const mqtt::Message& message) const;
  Checked<Device*> identify(const std::string& device_id, const std::string& license_key, const Topic& topic);
  std::optional<Refused> check_licence(const Device& device) const;
  std::optional<Refused> validate(const SensorMessage& message) const;
  std::optional<Refused> check_room(const mqtt::Message& message) const;
  void show_live(Device& device, const SensorMessage& message);
  void store(const Device& device, const SensorMessage& message, mqtt::AckToken token);
  void set_online(Device& device, bool online);
  void announce(Device& device, bool online);
  void record(Device& device, StatusReport report);
  Awaitable<> publish_settlement(std::string topic, std::string payload);
  void settle(const SensorMessage& message, const Device& device);
  void settle_faulty(const mqtt::Message& message, const Topic& topic);
  void done(const NewReading& reading, mqtt::AckToken token);
  void refuse(const mqtt::Message& message, const Refused& refused);

  Awaitable<> refresh_directory();
  Awaitable<> wait_for_refresh();
  void directory_is_old(std::string_view reason);
  Awaitable<> record_status(std::string device_id);

  Parts parts_;
  DeviceDirectory directory_;
  ReadingWriter writer_;
  Settlement settlement_;
  TaskGroup tasks_;
  TaskGroup writer_task_;
  std::unordered_map<std::string, StatusReport> status_waiting_;  // by device id: still to be written
  asio::steady_timer refresh_;
  bool refresh_due_ = false;
  bool directory_is_fresh_ = true;
  bool stopping_ = false;
  log::RateLimited refusals_log_{1};
};

}  // namespace pitview::telemetry
