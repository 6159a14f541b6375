// What the client's tests share: a limit on the whole test, and a session whose
// events can be awaited.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "pitview/async/asio.h"
#include "pitview/async/task_group.h"
#include "pitview/mqtt/client.h"

namespace pitview::mqtt::test {

// Runs one coroutine to its end; a test that hangs fails after 20 s.
void run(std::function<Awaitable<>(asio::any_io_executor)> body);

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

}  // namespace pitview::mqtt::test
