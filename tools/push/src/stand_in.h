// A push service on loopback, and the browsers behind it: it makes subscriptions, takes what RFC 8030 and RFC 8292 let
// it take, and opens every message as the browser would. For tests; it cannot be reached from outside and forgets
// everything when it ends.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "browser.h"
#include "pitview/http/server.h"
#include "pitview/json/describe.h"
#include "pitview/web_push/subscription.h"

namespace pitview::web_push {

// A message that waits for its browser.
struct Received {
  std::string subscription;  // the last segment of its endpoint
  std::string payload;
  std::int64_t ttl_s = 0;
  std::string urgency;
  std::string topic;
};
BOOST_DESCRIBE_STRUCT(Received, (), (subscription, payload, ttl_s, urgency, topic))

// What it answers instead of taking a message that is right.
enum class Fault : std::uint8_t { none, gone, rate_limited, too_large, failing, elsewhere };
BOOST_DESCRIBE_ENUM(Fault, none, gone, rate_limited, too_large, failing, elsewhere)

struct Behaviour {
  Fault fault = Fault::none;
  std::optional<std::int64_t> times;          // so many messages; empty: from now on
  std::optional<std::int64_t> retry_after_s;  // said with rate_limited and failing
};
BOOST_DESCRIBE_STRUCT(Behaviour, (), (fault, times, retry_after_s))

class StandIn {
 public:
  // Any free port: 0. std::runtime_error: it is taken.
  explicit StandIn(std::uint16_t port = 0);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  std::uint16_t port() const;
  std::string origin() const;  // "http://127.0.0.1:<port>"

  // As a browser does; bound to this base64url key (RFC 8292 §4), or "": to none.
  SubscriptionText subscribe(const std::string& application_server_key = {});
  // Its browser has had enough: from now on 410.
  void unsubscribe(const SubscriptionText& subscription);
  void behave(Behaviour behaviour);

  // In the order in which they came; one whose place was taken by its topic is not among them.
  std::vector<Received> messages() const;
  // That came to an endpoint, taken or not.
  std::size_t requests() const;

 private:
  struct Subscriber {
    Browser browser;
    std::string application_server_key;
    bool is_gone = false;
  };

  Awaitable<http::Response> on_push(const http::Request& request);
  Awaitable<http::Response> on_subscribe(const http::Request& request);
  Awaitable<http::Response> on_unsubscribe(const http::Request& request);
  Awaitable<http::Response> on_behaviour(const http::Request& request);
  Awaitable<http::Response> on_messages(const http::Request& request);
  Awaitable<http::Response> on_forget(const http::Request& request);

  http::Response take(const http::Request& request);
  std::optional<http::Response> misbehave();
  void keep(Received message);

  mutable std::mutex mutex_;
  std::map<std::string, Subscriber> subscribers_;
  std::vector<Received> messages_;
  std::size_t requests_ = 0;
  Behaviour behaviour_;

  Runtime runtime_{1};
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace pitview::web_push
