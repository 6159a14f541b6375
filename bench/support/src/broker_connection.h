// One MQTT connection that costs this machine as little as possible, because broker,
// server and database want the same cores: no reconnect, no time limits, no copy of a
// message, and what waits goes out in one write. libs/mqtt's Client is for the product.
//
// Everything on the thread of the io_context.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/async/asio.h"
#include "pitview/mqtt/codec.h"
#include "stack.h"

namespace pitview::bench {

class BrokerConnection {
 public:
  struct Options {
    Address broker;
    std::string client_id;
    std::string username;
    std::string password;
    std::string subscription;  // QoS 1; empty: none
    std::size_t read_bytes = 4096;
  };
  // A message of the subscription; it is acknowledged when this returns.
  using OnMessage = std::function<void(const mqtt::packet::Publish&)>;

  BrokerConnection(asio::io_context& context, Options options, OnMessage on_message = {});

  // Until the broker has accepted connection and subscription; throws std::runtime_error
  // when it does not.
  Awaitable<> connect();
  // Reads and writes until close(); throws when the connection is lost before.
  Awaitable<> run();
  void close();

  // QoS 1. More than kMostUnconfirmed without PUBACK is a std::logic_error.
  void publish(std::string_view topic, std::string_view payload);
  static constexpr std::uint64_t kMostUnconfirmed = 60'000;

  std::uint64_t unconfirmed() const noexcept { return published_ - confirmed_; }
  std::uint64_t confirmed() const noexcept { return confirmed_; }
  // Everything published so far has left.
  bool idle() const noexcept { return output_.empty() && being_written_.empty(); }

 private:
  Awaitable<> write_all(std::string bytes);
  Awaitable<> read_loop();
  Awaitable<> write_loop();
  void take(const mqtt::Packet& packet);
  void consume();

  asio::ip::tcp::socket socket_;
  asio::steady_timer wake_writer_;
  Options options_;
  OnMessage on_message_;
  std::vector<std::uint8_t> input_;
  std::size_t filled_ = 0;
  std::string output_;
  std::string being_written_;
  std::uint64_t published_ = 0;
  std::uint64_t confirmed_ = 0;
  bool accepted_ = false;
  bool subscribed_ = false;
  bool closing_ = false;
};

}  // namespace pitview::bench
