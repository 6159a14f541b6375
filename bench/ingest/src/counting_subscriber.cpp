#include "counting_subscriber.h"

#include <stdexcept>

#include "pitview/base/log.h"

namespace pitview::bench {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} * 1024;
constexpr std::chrono::seconds kConnectLimit{10};

}  // namespace

CountingSubscriber::CountingSubscriber(const Address& broker, std::string username, std::string password,
                                       std::string filter)
    : connection_(context_,
                  {.broker = broker,
                   .client_id = "pitview-bench-subscriber",
                   .username = std::move(username),
                   .password = std::move(password),
                   .subscription = std::move(filter),
                   .read_bytes = kReadBytes},
                  [this](const mqtt::packet::Publish&) { ++received_; }) {}

CountingSubscriber::~CountingSubscriber() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] { connection_.close(); });
  thread_.join();
}

void CountingSubscriber::start() {
  asio::co_spawn(context_, serve(), asio::detached);
  thread_ = std::thread([this] { context_.run(); });
  const auto deadline = std::chrono::steady_clock::now() + kConnectLimit;
  while (!subscribed_.load()) {
    if (std::chrono::steady_clock::now() > deadline || context_.stopped())
      throw std::runtime_error("the subscriber could not connect to the broker");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// What ends it early shows in received().
Awaitable<> CountingSubscriber::serve() {
  try {
    co_await connection_.connect();
    subscribed_ = true;
    co_await connection_.run();
  } catch (const std::exception& e) {
    log::warning("subscriber_lost", {{"reason", e.what()}});
  }
}

}  // namespace pitview::bench
