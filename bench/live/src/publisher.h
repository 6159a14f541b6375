// The devices: publishes every message of a plan at its time with the device's own
// MQTT credentials, QoS 1, and never waits for an earlier one to be confirmed.
//
// Everything on the calling thread, which run() keeps until all is confirmed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "arrivals.h"
#include "pitview/async/asio.h"
#include "pitview/async/task_group.h"
#include "pitview/mqtt/client.h"
#include "plan.h"
#include "stack.h"

namespace pitview::bench {

class Publisher {
 public:
  Publisher(const Stack& stack, std::int32_t boot_id);

  // Connects all devices, then calls `begin` for the plan (its start lies ahead) and
  // publishes it. Throws std::runtime_error when a device cannot connect.
  void run(const std::function<Plan()>& begin);

  std::int64_t confirmed() const noexcept { return confirmed_; }
  std::int64_t failed() const noexcept { return failed_; }
  const std::string& first_failure() const noexcept { return first_failure_; }
  // How late messages were handed to the MQTT client: the generator's own share.
  Percentiles lateness() const { return percentiles_of(lateness_us_); }

 private:
  Awaitable<> connect_and_publish(const std::function<Plan()>& begin);
  Awaitable<> wait_for_connections();
  Awaitable<> publish_by_plan();
  Awaitable<> publish_one(std::int64_t n);

  const std::vector<Device>& devices_;
  std::int32_t boot_id_;
  asio::io_context context_{1};
  std::vector<std::unique_ptr<mqtt::Client>> clients_;
  TaskGroup sessions_;
  TaskGroup sends_;
  Plan plan_;
  std::vector<std::int64_t> lateness_us_;
  std::int64_t confirmed_ = 0;
  std::int64_t failed_ = 0;
  std::string first_failure_;
};

}  // namespace pitview::bench
