// The limit: a plain MQTT subscriber (QoS 1) of the same topics as the server, on a
// thread of its own. It acknowledges at once and does nothing else.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "arrivals.h"
#include "pitview/mqtt/client.h"
#include "stack.h"

namespace pitview::bench {

class BrokerSubscriber {
 public:
  BrokerSubscriber(const Stack& stack, std::string username, std::string password, Arrivals& arrivals);
  ~BrokerSubscriber();  // stops

  // Returns once the broker has accepted the subscription; throws std::runtime_error
  // when it does not within 10 s.
  void start();
  void stop();

 private:
  void on_message(const mqtt::Message& message);

  Arrivals& arrivals_;
  std::map<std::string, std::int64_t, std::less<>> device_by_topic_;
  asio::io_context context_{1};
  std::atomic<bool> subscribed_ = false;
  mqtt::Client client_;
  std::thread thread_;
};

}  // namespace pitview::bench
