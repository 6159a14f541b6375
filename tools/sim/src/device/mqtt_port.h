// The core's MQTT port over libs/mqtt, with the faults of a virtual network in between.
//
// All calls on the thread of `executor`. `wake` is called when next() has something.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "core/ports.h"
#include "device/network.h"
#include "device/virtual_clock.h"
#include "pitview/async/asio.h"

namespace pitview::sim {

class MqttPort final : public fw::MqttPort {
 public:
  // How long a half-open connection is taken for a live one: one and a half keep-alives.
  static constexpr std::uint64_t kHalfOpenMs = 45'000;

  // `ca_file`: whom a session over TLS trusts; empty: the authorities of the system.
  MqttPort(asio::any_io_executor executor, const Network& network, VirtualClock& clock, std::string ca_file,
           std::function<void()> wake);
  ~MqttPort() override;

  bool connect(const fw::MqttSession& session) override;
  void disconnect() override;
  std::uint32_t publish(std::string_view topic, std::string_view payload, int qos, bool retain) override;
  bool next(fw::MqttEvent& event) override;

  // The cable is pulled, or the power: no DISCONNECT, the broker publishes the will.
  void break_connection();
  // Takes leave of the broker; `done` when the connection has ended.
  void leave(std::function<void()> done);

 private:
  struct Attempt;
  struct Event {
    fw::MqttEvent::Kind kind;
    std::uint32_t id = 0;
    std::string topic;
    std::string payload;
  };
  void add(Event event);
  void send(std::uint32_t id, std::string topic, std::string payload, int qos, bool retain);
  bool by_chance(int percent);

  asio::any_io_executor executor_;
  const Network& network_;
  VirtualClock& clock_;
  std::string ca_file_;
  std::function<void()> wake_;
  std::shared_ptr<Attempt> attempt_;
  std::deque<Event> events_;
  Event current_{};
  std::uint32_t last_id_ = 0;
  std::optional<std::uint64_t> half_open_since_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace pitview::sim
