// The server's own session with the broker: what is said to devices and what they
// say of themselves, what servers say to each other, and the answers of the
// broker's own access control (Mosquitto's dynamic-security plugin). Readings come
// in by others (telemetry/ingest_sessions.h).
//
// Not persistent: what it subscribes is retained or asked for again. One thread,
// that of `executor`.
#pragma once

#include <functional>
#include <string>

#include "pitview/async/task_group.h"
#include "pitview/mqtt/client.h"

namespace pitview::broker {

inline constexpr const char* kControlTopic = "$CONTROL/dynamic-security/v1";
inline constexpr const char* kControlAnswers = "$CONTROL/dynamic-security/v1/response";

class Link {
 public:
  struct Handlers {
    std::function<void(mqtt::Message)> on_message;  // to be acknowledged
    std::function<void(const std::string& payload)> on_control_answer;
    std::function<void()> on_connected;
  };

  // `options` with the subscriptions.
  Link(asio::any_io_executor executor, mqtt::ClientOptions options);

  // Connects, and again whenever the connection was lost. Once.
  void start(Handlers handlers);
  // Says goodbye and returns when nothing runs.
  Awaitable<> stop();

  asio::any_io_executor executor() const { return executor_; }
  bool connected() const noexcept { return client_.connected(); }
  void acknowledge(mqtt::AckToken token) { client_.acknowledge(token); }

  // As mqtt::Client::publish.
  Awaitable<Result<>> publish(std::string topic, std::string payload, mqtt::QoS qos, bool retain = false) {
    return client_.publish(std::move(topic), std::move(payload), qos, retain);
  }

 private:
  void on_message(mqtt::Message message);

  asio::any_io_executor executor_;
  Handlers handlers_;
  mqtt::Client client_;
  TaskGroup task_;
};

}  // namespace pitview::broker
