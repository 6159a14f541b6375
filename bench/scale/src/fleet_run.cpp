#include "fleet_run.h"

#include <stdexcept>

#include "pitview/async/deadline.h"
#include "reading_text.h"

namespace pitview::bench {
namespace {

constexpr std::size_t kConnectAtOnce = 20;
constexpr std::chrono::seconds kLead{1};

Timestamp now() { return SystemClock().now(); }

}  // namespace

FleetRun::FleetRun(asio::io_context& context, const Stack& stack, std::vector<Device> devices, Options options)
    : context_(context), devices_(std::move(devices)), options_(options) {
  for (const Device& device : devices_)
    connections_.push_back(
        std::make_unique<BrokerConnection>(context_, BrokerConnection::Options{.broker = stack.mqtt,
                                                                               .client_id = device.device_id,
                                                                               .username = device.mqtt_username,
                                                                               .password = device.mqtt_password,
                                                                               .read_bytes = 64}));
}

Awaitable<> FleetRun::connect_all() {
  std::size_t next = 0;
  std::size_t working = kConnectAtOnce;
  for (std::size_t i = 0; i < kConnectAtOnce; ++i)
    asio::co_spawn(context_, connect_some(next, working), asio::detached);
  while (working > 0) co_await sleep_for(std::chrono::milliseconds(5));
  if (!lost_.empty()) throw std::runtime_error("a device could not connect: " + lost_);
}

Awaitable<> FleetRun::connect_some(std::size_t& next, std::size_t& working) {
  try {
    while (next < connections_.size()) {
      BrokerConnection& connection = *connections_[next++];
      co_await connection.connect();
      asio::co_spawn(context_, serve(connection), asio::detached);
    }
  } catch (const std::exception& e) {
    lost_ = e.what();
  }
  --working;
}

Awaitable<> FleetRun::serve(BrokerConnection& connection) {
  try {
    co_await connection.run();
  } catch (const std::exception& e) {
    lost_ = e.what();
  }
}

Timestamp FleetRun::due(std::int64_t n) const {
  const auto devices = static_cast<std::int64_t>(devices_.size());
  const std::chrono::microseconds offset =
      options_.period * (n / devices) + std::chrono::microseconds(options_.period) * (n % devices) / devices;
  return start_ + std::chrono::floor<std::chrono::milliseconds>(offset);
}

Awaitable<> FleetRun::publish_all(std::function<void(std::int64_t period)> on_period) {
  start_ = std::chrono::ceil<std::chrono::milliseconds>(now() + kLead);
  asio::steady_timer timer(context_);
  std::string payload;
  const auto devices = static_cast<std::int64_t>(devices_.size());
  lateness_us_.reserve(static_cast<std::size_t>(total()));
  for (std::int64_t n = 0; n < total(); ++n) {
    const Timestamp when = due(n);
    if (const auto wait = when - now(); wait.count() > 0) {
      timer.expires_after(wait);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (n % devices == 0) on_period(n / devices);
    const Device& device = devices_[static_cast<std::size_t>(n % devices)];
    write_reading(payload, device, options_.boot_id, n / devices, when);
    connections_[static_cast<std::size_t>(n % devices)]->publish(device.topic(), payload);
    lateness_us_.push_back((now() - when).count());
  }
}

std::int64_t FleetRun::confirmed() const noexcept {
  std::int64_t all = 0;
  for (const auto& connection : connections_) all += static_cast<std::int64_t>(connection->confirmed());
  return all;
}

void FleetRun::close() {
  for (const auto& connection : connections_) connection->close();
}

}  // namespace pitview::bench
