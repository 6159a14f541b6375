// What the client's tests share: a clock on the whole test, a session whose
// events can be awaited, a scripted broker and a real one of our own.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "pitview/async/asio.h"
#include "pitview/async/task_group.h"
#include "pitview/mqtt/client.h"

namespace pitview::mqtt::test {

// Runs one coroutine to its end; a test that hangs fails after 20 s.
void run(std::function<Awaitable<>(asio::any_io_executor)> body);

// host and port of the broker the test run provides. Throws with a plain
// sentence when there is none.
ClientOptions shared_broker(const std::string& client_id);

// A name no other test and no earlier run has used.
std::string unique(const std::string& prefix);

std::uint16_t free_port();

// Things that happened, in order, to be awaited one by one.
template <class T>
class Events {
 public:
  explicit Events(const asio::any_io_executor& executor) : arrived_(executor, asio::steady_timer::time_point::max()) {}

  void add(T event) {
    events_.push_back(std::move(event));
    arrived_.cancel();
  }
  Awaitable<T> next() {
    while (events_.empty()) {
      error_code ignored;
      co_await arrived_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    T first = std::move(events_.front());
    events_.pop_front();
    co_return first;
  }
  bool empty() const { return events_.empty(); }

 private:
  std::deque<T> events_;
  asio::steady_timer arrived_;
};

// A client that runs, and what it reported.
class Session {
 public:
  Session(asio::any_io_executor executor, ClientOptions options);

  Awaitable<> stop();  // with a DISCONNECT
  Awaitable<> drop();  // without
  Awaitable<Message> next_message();
  Awaitable<bool> next_connected();  // session present?

  Events<Message> messages;
  Events<bool> connected;
  Events<std::string> disconnected;
  Client client;

 private:
  TaskGroup tasks_;
};

// A Mosquitto of our own that can be stopped and started again.
class Mosquitto {
 public:
  // `config` follows the listener lines.
  explicit Mosquitto(const std::string& config = "allow_anonymous true\n");
  ~Mosquitto();
  Mosquitto(const Mosquitto&) = delete;
  Mosquitto& operator=(const Mosquitto&) = delete;

  void start();
  void stop();
  std::uint16_t port() const { return port_; }
  ClientOptions options(const std::string& client_id) const;
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
  std::uint16_t port_;
  std::string config_;
  pid_t pid_ = 0;
};

}  // namespace pitview::mqtt::test
