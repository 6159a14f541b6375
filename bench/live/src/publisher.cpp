#include "publisher.h"

#include <stdexcept>

#include "message.h"
#include "pitview/async/deadline.h"

namespace pitview::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kConnectLimit{10};
// More than any run has on the way at once: a full window would turn the open loop
// into a closed one.
constexpr std::size_t kInFlight = 5'000;

mqtt::ClientOptions options_of(const Device& device, const Address& broker) {
  mqtt::ClientOptions options;
  options.host = broker.host;
  options.port = broker.port;
  options.client_id = device.device_id;
  options.username = device.mqtt_username;
  options.password = device.mqtt_password;
  options.max_in_flight = kInFlight;
  options.max_write_queue_bytes = std::size_t{64} * 1024 * 1024;
  return options;
}

}  // namespace

Publisher::Publisher(const Stack& stack, std::int32_t boot_id)
    : devices_(stack.devices), boot_id_(boot_id), sessions_(context_.get_executor()), sends_(context_.get_executor()) {
  for (const Device& device : devices_)
    clients_.push_back(std::make_unique<mqtt::Client>(context_.get_executor(), options_of(device, stack.mqtt),
                                                      mqtt::Handlers{.on_message = [](const mqtt::Message&) {}}));
}

void Publisher::run(const std::function<Plan()>& begin) {
  std::exception_ptr failure;
  asio::co_spawn(context_, connect_and_publish(begin),
                 [&failure](std::exception_ptr thrown) { failure = std::move(thrown); });
  context_.run();
  if (failure) std::rethrow_exception(failure);
}

Awaitable<> Publisher::connect_and_publish(const std::function<Plan()>& begin) {
  for (const auto& client : clients_) sessions_.spawn("bench_device", client->run());
  const bool connected = co_await with_deadline(kConnectLimit, wait_for_connections());
  if (connected) {
    plan_ = begin();
    lateness_us_.reserve(static_cast<std::size_t>(plan_.total));
    co_await publish_by_plan();
    co_await sends_.join();
  }
  for (const auto& client : clients_) client->stop();
  co_await sessions_.join();
  if (!connected) throw std::runtime_error("the devices could not connect to the broker");
}

Awaitable<> Publisher::wait_for_connections() {
  for (const auto& client : clients_)
    while (!client->connected()) co_await sleep_for(std::chrono::milliseconds(5));
}

Awaitable<> Publisher::publish_by_plan() {
  asio::steady_timer timer(context_);
  for (std::int64_t n = 0; n < plan_.total; ++n) {
    if (plan_.due(n) > steady_clock::now()) {
      timer.expires_at(plan_.due(n));
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (n >= plan_.warm_up)
      lateness_us_.push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - plan_.due(n)).count());
    sends_.spawn("bench_publish", publish_one(n));
  }
}

Awaitable<> Publisher::publish_one(std::int64_t n) {
  const auto index = static_cast<std::size_t>(n % plan_.devices);
  const Device& device = devices_[index];
  std::string payload = payload_of(device, boot_id_, n / plan_.devices, plan_.due_wall(n));
  const Result<> sent = co_await clients_[index]->publish(device.topic(), std::move(payload), mqtt::QoS::at_least_once);
  if (sent) {
    ++confirmed_;
  } else if (++failed_ == 1) {
    first_failure_ = sent.error().detail;
  }
}

}  // namespace pitview::bench
