#include "stand_in.h"

#include <algorithm>
#include <boost/asio/use_future.hpp>
#include <charconv>

#include "pitview/base/crypto.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"
#include "vapid_check.h"

namespace pitview::web_push {

namespace control {

struct NewSubscription {
  std::optional<std::string> application_server_key;
};
BOOST_DESCRIBE_STRUCT(NewSubscription, (), (application_server_key))

struct Keys {
  std::string p256dh;
  std::string auth;
};
BOOST_DESCRIBE_STRUCT(Keys, (), (p256dh, auth))

// As PushSubscription.toJSON().
struct Made {
  std::string endpoint;
  Keys keys;
};
BOOST_DESCRIBE_STRUCT(Made, (), (endpoint, keys))

}  // namespace control

namespace {

constexpr std::chrono::seconds kDrain{1};
constexpr std::size_t kMaxBody = 4'096;  // RFC 8030 §7.2
constexpr std::size_t kMaxTopic = 32;

http::Response refusal(int status, const std::string& word) { return http::Response::text(status, word + "\n"); }

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

bool is_urgency(std::string_view text) {
  return text.empty() || text == "very-low" || text == "low" || text == "normal" || text == "high";
}

bool is_topic(std::string_view text) {
  return text.size() <= kMaxTopic &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
             std::string_view::npos;
}

std::string id_of(const SubscriptionText& subscription) {
  return subscription.endpoint.substr(subscription.endpoint.rfind('/') + 1);
}

}  // namespace

StandIn::StandIn(std::uint16_t port) {
  using http::Method;
  using http::Request;
  http::Router router;
  router.add(Method::post, "/push/{id}", [this](const Request& request) { return on_push(request); });
  router.add(Method::post, "/control/subscriptions", [this](const Request& request) { return on_subscribe(request); });
  router.add(Method::del, "/control/subscriptions/{id}",
             [this](const Request& request) { return on_unsubscribe(request); });
  router.add(Method::put, "/control/behaviour", [this](const Request& request) { return on_behaviour(request); });
  router.add(Method::get, "/control/messages", [this](const Request& request) { return on_messages(request); });
  router.add(Method::del, "/control/messages", [this](const Request& request) { return on_forget(request); });
  http::Options options;
  options.port = port;
  server_ = std::make_unique<http::Server>(runtime_, options, std::move(router));
  server_->start();
  thread_ = std::thread([this] { runtime_.run(); });
}

StandIn::~StandIn() {
  asio::co_spawn(runtime_.context(0), server_->stop(kDrain), asio::use_future).wait();
  runtime_.stop();
  thread_.join();
}

std::uint16_t StandIn::port() const { return server_->port(); }

std::string StandIn::origin() const { return "http://127.0.0.1:" + std::to_string(port()); }

SubscriptionText StandIn::subscribe(const std::string& application_server_key) {
  const std::lock_guard lock(mutex_);
  const std::string id = crypto::random_token(16);
  const auto [made, is_new] = subscribers_.try_emplace(id, Browser(), application_server_key);
  const Browser& browser = made->second.browser;
  return {.endpoint = origin() + "/push/" + id, .p256dh = browser.p256dh(), .auth = browser.auth()};
}

void StandIn::unsubscribe(const SubscriptionText& subscription) {
  const std::lock_guard lock(mutex_);
  subscribers_.at(id_of(subscription)).is_gone = true;
}

void StandIn::behave(Behaviour behaviour) {
  const std::lock_guard lock(mutex_);
  behaviour_ = behaviour;
}

std::vector<Received> StandIn::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::size_t StandIn::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

Awaitable<http::Response> StandIn::on_push(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  ++requests_;
  co_return take(request);
}

http::Response StandIn::take(const http::Request& request) {
  const auto found = subscribers_.find(std::string(request.param("id")));
  if (found == subscribers_.end()) return refusal(404, "unknown");
  const Subscriber& subscriber = found->second;
  if (subscriber.is_gone) return refusal(410, "gone");
  const std::string fault =
      fault_of_vapid(request.header("Authorization"), origin(), subscriber.application_server_key, SystemClock().now());
  if (fault == "missing") return refusal(401, fault).with("WWW-Authenticate", "vapid");
  if (!fault.empty()) return refusal(403, fault);
  if (request.body.size() > kMaxBody) return refusal(413, "large");
  const auto ttl = number_of(request.header("TTL"));
  const std::string_view urgency = request.header("Urgency");
  const std::string_view topic = request.header("Topic");
  if (!ttl) return refusal(400, "ttl");
  if (!is_urgency(urgency)) return refusal(400, "urgency");
  if (!is_topic(topic)) return refusal(400, "topic");
  if (request.header("Content-Encoding") != "aes128gcm") return refusal(400, "encoding");
  // A push service could not tell; a test should.
  auto payload = subscriber.browser.open(request.body);
  if (!payload) return refusal(400, "ciphertext");
  if (auto answer = misbehave()) return std::move(*answer);
  keep({found->first, std::move(*payload), *ttl, std::string(urgency), std::string(topic)});
  http::Response response;
  response.status = 201;
  response.with("Location", "/message/" + crypto::random_token(16));
  return response;
}

std::optional<http::Response> StandIn::misbehave() {
  const Behaviour now = behaviour_;
  if (behaviour_.times && --*behaviour_.times <= 0) behaviour_ = {};
  http::Response answer;
  switch (now.fault) {
    case Fault::none: return std::nullopt;
    case Fault::gone: return refusal(410, "gone");
    case Fault::too_large: return refusal(413, "large");
    case Fault::elsewhere: return refusal(307, "elsewhere").with("Location", "/control/messages");
    case Fault::rate_limited: answer = refusal(429, "busy"); break;
    case Fault::failing: answer = refusal(503, "failing"); break;
  }
  if (now.retry_after_s) answer.with("Retry-After", std::to_string(*now.retry_after_s));
  return answer;
}

// RFC 8030 §5.4.
void StandIn::keep(Received message) {
  std::erase_if(messages_, [&](const Received& older) {
    return !message.topic.empty() && older.topic == message.topic && older.subscription == message.subscription;
  });
  messages_.push_back(std::move(message));
}

Awaitable<http::Response> StandIn::on_subscribe(const http::Request& request) {
  control::NewSubscription wanted;
  if (!request.body.empty()) {
    auto read = json::read<control::NewSubscription>(request.body);
    if (!read) co_return http::problem(read.error(), request.request_id);
    wanted = std::move(*read);
  }
  const SubscriptionText made = subscribe(wanted.application_server_key.value_or(""));
  co_return http::Response::json(201, json::write(control::Made{made.endpoint, {made.p256dh, made.auth}}));
}

Awaitable<http::Response> StandIn::on_unsubscribe(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  const auto found = subscribers_.find(std::string(request.param("id")));
  if (found == subscribers_.end()) co_return refusal(404, "unknown");
  found->second.is_gone = true;
  co_return http::Response::no_content();
}

Awaitable<http::Response> StandIn::on_behaviour(const http::Request& request) {
  const auto behaviour = json::read<Behaviour>(request.body);
  if (!behaviour) co_return http::problem(behaviour.error(), request.request_id);
  behave(*behaviour);
  co_return http::Response::no_content();
}

Awaitable<http::Response> StandIn::on_messages(const http::Request&) {
  co_return http::Response::json(200, json::write(messages()));
}

Awaitable<http::Response> StandIn::on_forget(const http::Request&) {
  const std::lock_guard lock(mutex_);
  messages_.clear();
  co_return http::Response::no_content();
}

}  // namespace pitview::web_push
