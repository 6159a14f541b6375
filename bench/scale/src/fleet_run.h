// Thousands of devices as in life: each has a connection of its own, and sends a reading
// every period at its own moment of it, whatever happens elsewhere (open loop).
//
// Everything on the thread of the io_context.
#pragma once

#include <memory>
#include <vector>

#include "arrivals.h"
#include "broker_connection.h"

namespace pitview::bench {

class FleetRun {
 public:
  struct Options {
    std::chrono::milliseconds period{10'000};
    std::int64_t readings = 1;  // of each device
    std::int32_t boot_id = 1;
  };

  FleetRun(asio::io_context& context, const Stack& stack, std::vector<Device> devices, Options options);

  // Throws std::runtime_error when one is refused.
  Awaitable<> connect_all();
  // `on_period` is called before the first reading of each period.
  Awaitable<> publish_all(std::function<void(std::int64_t period)> on_period);
  void close();

  // Reading n of all, in the order of their times, by the clock: whole milliseconds.
  Timestamp due(std::int64_t n) const;

  std::int64_t total() const noexcept { return options_.readings * static_cast<std::int64_t>(devices_.size()); }
  std::int64_t confirmed() const noexcept;
  // How late readings were handed to their connection.
  Percentiles lateness() const { return percentiles_of(lateness_us_); }
  const std::string& lost() const noexcept { return lost_; }

 private:
  Awaitable<> connect_some(std::size_t& next, std::size_t& working);
  Awaitable<> serve(BrokerConnection& connection);

  asio::io_context& context_;
  std::vector<Device> devices_;
  Options options_;
  Timestamp start_;
  std::vector<std::unique_ptr<BrokerConnection>> connections_;
  std::vector<std::int64_t> lateness_us_;
  std::string lost_;
};

}  // namespace pitview::bench
