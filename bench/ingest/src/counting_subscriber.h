// The limit of the broker: a subscriber (QoS 1) that acknowledges at once and counts, on
// a thread of its own.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "broker_connection.h"

namespace pitview::bench {

class CountingSubscriber {
 public:
  CountingSubscriber(const Address& broker, std::string username, std::string password, std::string filter);
  ~CountingSubscriber();

  // Returns once the subscription is accepted; throws when it is not within 10 s.
  void start();

  std::int64_t received() const noexcept { return received_.load(); }

 private:
  Awaitable<> serve();

  asio::io_context context_{1};
  BrokerConnection connection_;
  std::atomic<std::int64_t> received_ = 0;
  std::atomic<bool> subscribed_ = false;
  std::thread thread_;
};

}  // namespace pitview::bench
