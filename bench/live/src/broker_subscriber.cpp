#include "broker_subscriber.h"

#include <stdexcept>

#include "message.h"

namespace pitview::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kConnectLimit{10};

mqtt::ClientOptions options_of(const Address& broker, std::string username, std::string password) {
  mqtt::ClientOptions options;
  options.host = broker.host;
  options.port = broker.port;
  options.client_id = "pitview-bench";
  options.username = std::move(username);
  options.password = std::move(password);
  options.subscriptions = {{"workshop/#", mqtt::QoS::at_least_once}};
  return options;
}

}  // namespace

BrokerSubscriber::BrokerSubscriber(const Stack& stack, std::string username, std::string password, Arrivals& arrivals)
    : arrivals_(arrivals),
      client_(context_.get_executor(), options_of(stack.mqtt, std::move(username), std::move(password)),
              {.on_message = [this](const mqtt::Message& message) { on_message(message); },
               .on_connected = [this](bool) { subscribed_.store(true); }}) {
  for (const Device& device : stack.devices)
    device_by_topic_.emplace(device.topic(), static_cast<std::int64_t>(device_by_topic_.size()));
}

BrokerSubscriber::~BrokerSubscriber() { stop(); }

void BrokerSubscriber::start() {
  asio::co_spawn(context_, client_.run(), asio::detached);
  thread_ = std::thread([this] { context_.run(); });
  const auto deadline = steady_clock::now() + kConnectLimit;
  while (!subscribed_.load()) {
    if (steady_clock::now() > deadline) throw std::runtime_error("the subscriber could not connect to the broker");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void BrokerSubscriber::stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] { client_.stop(); });
  thread_.join();
}

void BrokerSubscriber::on_message(const mqtt::Message& message) {
  const auto now = steady_clock::now();
  client_.acknowledge(message.token);
  const auto device = device_by_topic_.find(message.topic);
  if (device == device_by_topic_.end() || message.retain) return;
  const auto document = json::Document::parse(message.payload);
  if (!document) return;
  if (const auto ordinal = ordinal_in(document->root()))
    arrivals_.note(*ordinal * static_cast<std::int64_t>(device_by_topic_.size()) + device->second, now);
}

}  // namespace pitview::bench
