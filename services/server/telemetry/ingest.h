// The way of a message from the broker into the database and onto the screens.
// Ingest::handle is its table of contents. One thread.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <variant>

#include "pitview/async/task_group.h"
#include "pitview/base/log.h"
#include "pitview/live/hub.h"
#include "pitview/mqtt/client.h"
#include "telemetry/device_directory.h"
#include "telemetry/ingest_metrics.h"
#include "telemetry/newest_readings.h"
#include "telemetry/reading_writer.h"
#include "telemetry/readings_repository.h"
#include "telemetry/sensor_message.h"

namespace pitview::telemetry {

class Ingest {
 public:
  struct Parts {
    asio::any_io_executor executor;
    ReadingsRepository& readings;
    NewestReadings& newest;
    live::Hub& hub;
    const Clock& clock;
    IngestMetrics& metrics;
  };
  Ingest(Parts parts, mqtt::ClientOptions broker);

  // Loads the directory, then starts to receive. Throws when the database is away.
  Awaitable<> start();
  // Takes no more messages, commits what was taken, and returns when nothing runs.
  Awaitable<> stop();

  // Connected to the broker, and the database took and gave what it was asked last.
  bool healthy() const noexcept { return client_.connected() && writer_.healthy() && directory_is_fresh_; }

  // One message, as the broker delivers it; public for the tests.
  void handle(mqtt::Message message);

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
  Checked<Device*> identify(const SensorMessage& message, const Topic& topic);
  std::optional<Refused> check_licence(const Device& device) const;
  std::optional<Refused> validate(const SensorMessage& message) const;
  std::optional<Refused> check_room(const mqtt::Message& message) const;
  void show_live(Device& device, const SensorMessage& message);
  void store(const Device& device, const SensorMessage& message, mqtt::AckToken token);
  void set_online(Device& device, bool online);
  void refuse(const mqtt::Message& message, const Refused& refused);

  Awaitable<> refresh_directory();
  void directory_is_old(std::string_view reason);
  Awaitable<> record_status(std::string device_id);

  Parts parts_;
  DeviceDirectory directory_;
  mqtt::Client client_;
  ReadingWriter writer_;
  TaskGroup tasks_;
  TaskGroup writer_task_;
  TaskGroup client_task_;
  std::unordered_set<std::string> status_waiting_;  // device ids with a status still to be written
  bool directory_is_fresh_ = true;
  bool stopping_ = false;
  log::RateLimited refusals_log_{1};
};

}  // namespace pitview::telemetry
