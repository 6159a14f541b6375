// What one server publishes live reaches the browsers of the others: over the
// broker, topic `pitview/live/{name}`, QoS 0, because what is lost is shown anew
// with the next reading or snapshot. Events are gathered for some milliseconds, so
// that a thousand readings a second are a hundred messages.
//
// Refused licences and how a server is doing, which are no news for browsers,
// travel the same way. What must not be lost has topics of its own, QoS 1: that the
// list of devices has changed, for every server, and that a device has, for the one
// that looks after their accounts.
//
// relay(), licence_refused(), directory_changed() and device_changed() may be called
// from any thread, the rest on the link's.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "broker/link.h"
#include "pitview/live/hub.h"

namespace pitview::cluster {

// One line of a message: an event or a notice, as text.
std::string write_line(const live::Event& event);
// Empty for a line that is none, or of an event that this version does not know.
std::optional<live::Event> parse_line(std::string_view line);

class Bridge {
 public:
  static constexpr std::string_view kTopics = "pitview/live/";
  static constexpr const char* kDirectoryTopic = "pitview/directory";
  static constexpr const char* kDeviceTopic = "pitview/device-changed";
  // More does not wait; the newest is dropped then, and whatever the broker does not take.
  static constexpr std::size_t kMaxWaitingBytes = 4 * 1024 * 1024;

  using OnEvent = std::function<void(live::Event)>;
  Bridge(broker::Link& link, std::string server_name);

  void start(OnEvent on_event);
  Awaitable<> stop();

  void relay(const live::Event& event);
  void licence_refused(DeviceKey device);
  void directory_changed();
  void device_changed(DeviceKey device);

  // What a message on kDeviceTopic says; empty for nonsense.
  static std::optional<DeviceKey> changed_device(const mqtt::Message& message);

  // A message below kTopics has come.
  void receive(const mqtt::Message& message);

  std::uint64_t dropped() const noexcept { return dropped_.load(); }

 private:
  Awaitable<> run();
  Awaitable<> wait_for_lines();
  Awaitable<> publish(std::string lines);
  Awaitable<> publish_notice(const char* topic, std::string payload);

  broker::Link& link_;
  std::string topic_;
  OnEvent on_event_;
  TaskGroup tasks_;
  asio::steady_timer wake_;
  std::mutex mutex_;
  std::string waiting_;  // lines, under the mutex
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace pitview::cluster
