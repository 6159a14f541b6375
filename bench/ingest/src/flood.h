// Many devices that publish as fast as they may: new readings, one device after the
// other, over a number of connections, on a thread of its own.
//
// How fast is decided at the other end: never more than `window` messages are on the
// way to whoever allow() speaks for, so that the broker's queue, which is bounded, is
// neither empty nor overflows.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "broker_connection.h"

namespace pitview::bench {

class Flood {
 public:
  struct Options {
    std::string username;
    std::string password;
    std::size_t connections = 40;
    std::string topic_end;  // instead of "sensors"
    std::int32_t boot_id = 0;
  };

  Flood(const Stack& stack, Options options);
  ~Flood();  // stops

  // Returns once everything is connected; throws std::runtime_error when it is not
  // within 20 s.
  void start();
  // So many messages in all may have been sent by now.
  void allow(std::int64_t messages) { allowed_.store(messages); }
  void stop_sending() { sending_.store(false); }
  void stop();

  std::int64_t sent() const noexcept { return sent_.load(); }
  // By the broker.
  std::int64_t confirmed() const noexcept { return confirmed_.load(); }
  // Why a connection ended; empty when none did. After stop().
  const std::string& lost() const noexcept { return lost_; }

 private:
  struct Lane;

  Awaitable<> connect_all();
  Awaitable<> serve(Lane& lane);
  Awaitable<> pump();
  bool fill(Lane& lane);

  const std::vector<Device>& devices_;
  Options options_;
  asio::io_context context_{1};
  std::vector<std::string> topics_;     // by device
  std::vector<std::int64_t> next_seq_;  // by device
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::string payload_;
  std::string lost_;
  std::atomic<bool> connected_ = false;
  std::atomic<bool> sending_ = true;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> allowed_ = 0;
  std::atomic<std::int64_t> sent_ = 0;
  std::atomic<std::int64_t> confirmed_ = 0;
  std::thread thread_;
};

}  // namespace pitview::bench
