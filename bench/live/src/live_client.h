// What a browser gets: a WebSocket of the demo owner, on a thread of its own, that
// notes every sensor_update.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "arrivals.h"
#include "stack.h"

namespace pitview::bench {

class LiveClient {
 public:
  LiveClient(const Stack& stack, std::string ticket, Arrivals& arrivals);
  ~LiveClient();  // stops

  // Returns once the snapshot is there; throws std::runtime_error when it does not
  // come within 10 s.
  void start();
  void stop();

  // Why the connection ended before stop(); empty when it did not. After stop().
  const std::string& lost() const noexcept { return lost_; }

 private:
  struct Connection;

  void serve();
  void on_frame(std::string_view text);

  Arrivals& arrivals_;
  Address server_;
  std::string ticket_;
  std::map<std::int64_t, std::int64_t> device_by_pit_;
  std::atomic<bool> has_snapshot_ = false;
  std::atomic<bool> stopping_ = false;
  std::string lost_;
  std::unique_ptr<Connection> connection_;
  std::thread thread_;
};

}  // namespace pitview::bench
