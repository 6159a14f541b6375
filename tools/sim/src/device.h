// A virtual device: its own MQTT session and credentials, a reading every
// interval, a queue for what the broker has not confirmed, DISABLE and ENABLE.
//
// All calls on the thread of `executor`.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "config.h"
#include "payload.h"
#include "pitview/async/asio.h"
#include "pitview/async/task_group.h"
#include "pitview/base/time.h"
#include "pitview/mqtt/client.h"
#include "weather.h"

namespace pitview::sim {

// An hour at the usual interval; beyond it the oldest reading is dropped.
inline constexpr std::size_t kMostQueuedReadings = 360;

class Device {
 public:
  // `boot_id` grows from one start of the simulator to the next.
  Device(const asio::any_io_executor& executor, const DeviceConfig& device, const MqttConfig& broker,
         std::chrono::seconds interval, std::int32_t boot_id, const Clock& clock);

  void start();

  // Says that it is offline, takes leave of the broker, and ends every task.
  Awaitable<> stop();

  bool enabled() const noexcept { return enabled_; }
  std::uint64_t dropped_readings() const noexcept { return dropped_; }

 private:
  mqtt::ClientOptions client_options(const DeviceConfig& device, const MqttConfig& broker) const;
  Awaitable<> measure_every_interval();
  Awaitable<> send_readings();
  Awaitable<> publish_status();
  void measure();
  void on_connected();
  void on_command(const mqtt::Message& message);
  std::int64_t uptime_s() const;

  // Borrowed.
  const Clock& clock_;
  // Owned.
  std::string device_id_;
  std::string license_key_;
  Topics topics_;
  Weather weather_;
  std::chrono::seconds interval_;
  mqtt::Client client_;
  TaskGroup tasks_;
  // State.
  std::int32_t boot_id_;
  std::int32_t next_seq_ = 0;
  std::chrono::steady_clock::time_point started_;
  bool enabled_ = true;
  bool stopping_ = false;
  std::string disabled_reason_;
  std::deque<Reading> queue_;
  std::uint64_t dropped_ = 0;
  asio::steady_timer next_measurement_;
  asio::steady_timer something_to_send_;  // never expires; cancelled to wake the sender
};

}  // namespace pitview::sim
