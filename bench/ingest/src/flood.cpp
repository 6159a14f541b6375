#include "flood.h"

#include <stdexcept>

#include "pitview/async/deadline.h"
#include "reading_text.h"

namespace pitview::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kConnectLimit{20};
constexpr std::int64_t kTogether = 16;       // messages of one write
constexpr std::uint64_t kUnconfirmed = 500;  // of one connection
constexpr std::chrono::microseconds kPause{500};

}  // namespace

// A connection and its devices: every lanes_.size()-th one.
struct Flood::Lane {
  BrokerConnection connection;
  std::size_t next_device;
  std::uint64_t confirmed = 0;  // of those, counted in confirmed_
};

Flood::Flood(const Stack& stack, Options options)
    : devices_(stack.devices), options_(std::move(options)), next_seq_(devices_.size()) {
  const std::string end = options_.topic_end.empty() ? "sensors" : options_.topic_end;
  for (const Device& device : devices_)
    topics_.push_back("workshop/" + device.workshop_code + "/pit/" + std::to_string(device.pit_number) + "/" + end);
  for (std::size_t i = 0; i < std::min(options_.connections, devices_.size()); ++i) {
    BrokerConnection::Options connection{.broker = stack.mqtt,
                                         .client_id = "pitview-bench-" + std::to_string(i),
                                         .username = options_.username,
                                         .password = options_.password};
    lanes_.push_back(std::make_unique<Lane>(Lane{BrokerConnection(context_, std::move(connection)), i}));
  }
}

Flood::~Flood() { stop(); }

void Flood::start() {
  asio::co_spawn(context_, connect_all(), [this](const std::exception_ptr& thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
      connected_ = true;
    } catch (const std::exception& e) {
      lost_ = e.what();
      context_.stop();
    }
  });
  thread_ = std::thread([this] { context_.run(); });
  const auto deadline = steady_clock::now() + kConnectLimit;
  while (!connected_.load()) {
    if (steady_clock::now() > deadline || context_.stopped()) {
      context_.stop();
      thread_.join();
      throw std::runtime_error("the devices could not connect to the broker: " + lost_);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Flood::stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    stopping_ = true;
    for (const auto& lane : lanes_) lane->connection.close();
  });
  thread_.join();
}

Awaitable<> Flood::connect_all() {
  for (const auto& lane : lanes_) co_await lane->connection.connect();
  for (const auto& lane : lanes_) asio::co_spawn(context_, serve(*lane), asio::detached);
  asio::co_spawn(context_, pump(), asio::detached);
}

Awaitable<> Flood::serve(Lane& lane) {
  try {
    co_await lane.connection.run();
  } catch (const std::exception& e) {
    lost_ = e.what();
  }
}

Awaitable<> Flood::pump() {
  while (!stopping_.load()) {
    bool something = false;
    for (const auto& lane : lanes_) {
      confirmed_ += static_cast<std::int64_t>(lane->connection.confirmed() - lane->confirmed);
      lane->confirmed = lane->connection.confirmed();
      something |= fill(*lane);
    }
    if (something)
      co_await asio::post(context_, asio::use_awaitable);  // what was read and written meanwhile has its turn
    else
      co_await sleep_for(kPause);
  }
}

bool Flood::fill(Lane& lane) {
  if (!sending_.load() || !lane.connection.idle() || lane.connection.unconfirmed() > kUnconfirmed) return false;
  const std::int64_t count = std::min(kTogether, allowed_.load() - sent_.load());
  const SystemClock clock;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::size_t device = lane.next_device;
    lane.next_device += lanes_.size();
    if (lane.next_device >= devices_.size()) lane.next_device %= lanes_.size();
    write_reading(payload_, devices_[device], options_.boot_id, next_seq_[device]++, clock.now());
    lane.connection.publish(topics_[device], payload_);
    ++sent_;
  }
  return count > 0;
}

}  // namespace pitview::bench
