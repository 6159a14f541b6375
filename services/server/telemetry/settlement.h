// Tells devices which of their readings they may forget (contracts/mqtt,
// "Settlement"): what is in the database, or refused for good.
//
// At most one message a second for each device and boot, so readings that are
// settled within that second share one. QoS 0: what gets lost, or is dropped here
// because too much waits, the device sends again and is told again. One thread.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "pitview/async/task_group.h"
#include "telemetry/settled_ranges.h"

namespace pitview::telemetry {

// {"boot_id":17,"ranges":[[4211,4218],[4220,4220]]}
std::string settlement_message(std::int32_t boot_id, const std::vector<SettledRanges::Range>& ranges);

class Settlement {
 public:
  static constexpr std::size_t kMaxWaiting = 20'000;  // devices and boots
  static constexpr std::size_t kMaxRanges = 32;       // in one message

  using Publish = std::function<Awaitable<>(std::string topic, std::string payload)>;
  using IsConnected = std::function<bool()>;
  // What is to be said waits until `is_connected`.
  Settlement(asio::any_io_executor executor, IsConnected is_connected, Publish publish);

  void add(const std::string& workshop_code, const std::string& device_id, std::int32_t boot_id, std::int32_t seq);

  Awaitable<> run();
  // Says what waits, due or not: after it nobody will. Not beside run().
  Awaitable<> flush();
  std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    std::int32_t boot_id = 0;
    SettledRanges ranges;
    Time due{};  // not before
  };
  Awaitable<> wait();
  Awaitable<> publish_all(std::vector<std::pair<std::string, std::string>> messages);
  std::vector<std::pair<std::string, std::string>> take_due(Time now);

  IsConnected is_connected_;
  Publish publish_;
  asio::steady_timer wake_;
  bool sleeping_ = false;                             // run() waits for the first one
  std::unordered_map<std::string, Waiting> waiting_;  // by topic and boot
};

}  // namespace pitview::telemetry
