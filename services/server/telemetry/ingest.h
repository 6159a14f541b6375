// The way of a message from the broker into the database and onto the screens.
// Ingest::handle is its table of contents. One thread.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <variant>

#include "pitview/async/task_group.h"
#include "pitview/live/hub.h"
#include "telemetry/device_watcher.h"
#include "telemetry/directory_keeper.h"
#include "telemetry/ingest_metrics.h"
#include "telemetry/ingest_sessions.h"
#include "telemetry/newest_readings.h"
#include "telemetry/reading_watcher.h"
#include "telemetry/reading_writer.h"
#include "telemetry/refusals.h"
#include "telemetry/sensor_message.h"
#include "telemetry/settlement.h"

namespace pitview::telemetry {

// A database that is away does not stop the live view. The broker sends no more than
// its max_inflight_messages unacknowledged, so once nothing has been committed for
// some seconds, numbered readings are acknowledged to it before their commit: they
// are safe on their devices, which forget them only when they are settled. Readings
// of devices that cannot repeat them stay unacknowledged.
class Ingest {
 public:
  struct Parts {
    broker::Link& link;
    IngestSessions& sessions;
    DirectoryKeeper& directory;
    ReadingsRepository& readings;
    NewestReadings& newest;
    live::Hub& hub;
    const Clock& clock;
    IngestMetrics& metrics;
    Refusals& refusals;
    DeviceWatcher& watcher;
    ReadingWatcher* reading_watcher;  // null: nobody here
  };
  explicit Ingest(Parts parts);

  // From then on handle() may be called.
  void start();
  // Takes no more messages, commits what was taken, and returns when nothing runs.
  Awaitable<> stop();

  // Connected to the broker, and the database took what it was given last.
  bool healthy() const noexcept { return parts_.sessions.connected() && writer_.healthy(); }

  // Readings that wait for their commit. From any thread.
  std::size_t waiting() const noexcept { return held_.load(); }

  // One message, as the broker delivers it.
  void handle(mqtt::Message message);

 private:
  template <class T>
  using Checked = std::variant<T, Refused>;

  void handle_reading(const mqtt::Message& message, const Topic& topic);

  std::optional<Refused> check_size(const mqtt::Message& message) const;
  Checked<SensorMessage> decode(const mqtt::Message& message) const;
  Checked<Device*> identify(const std::string& device_id, const std::string& license_key, const Topic& topic);
  std::optional<Refused> check_budget(Device& device) const;
  std::optional<Refused> check_licence(const Device& device) const;
  std::optional<Refused> validate(const SensorMessage& message) const;
  std::optional<Refused> check_room(const SensorMessage& reading) const;
  void acknowledge(mqtt::AckToken token);
  bool database_stands_still() const;
  Awaitable<> release_what_devices_keep();
  void show_live(Device& device, const SensorMessage& message);
  void store(const Device& device, const SensorMessage& message, mqtt::AckToken token);
  Awaitable<> publish_settlement(std::string topic, std::string payload);
  void settle(const SensorMessage& message, const Device& device);
  void settle_faulty(const mqtt::Message& message, const Topic& topic);
  void done(const NewReading& reading, mqtt::AckToken token);
  void refuse(const mqtt::Message& message, const Refused& refused);

  Parts parts_;
  ReadingWriter writer_;
  Settlement settlement_;
  TaskGroup tasks_;
  TaskGroup writer_task_;
  std::atomic<std::size_t> held_ = 0;  // stored, and not done yet
  std::chrono::steady_clock::time_point last_done_;
  bool stopping_ = false;
};

}  // namespace pitview::telemetry
