// One event after the other to everybody, at fixed times: when each of them got each.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <vector>

#include "arrivals.h"

namespace pitview::bench {

struct RoundFigures {
  std::int64_t events = 0;
  std::int64_t deliveries = 0;
  std::int64_t missing = 0;
  Percentiles each;  // from the moment an event was due until a socket had it
  Percentiles last;  // … until the last socket had it; of events that all of them got
};
BOOST_DESCRIBE_STRUCT(RoundFigures, (), (events, deliveries, missing, each, last))

class Rounds {
 public:
  // `sockets`: how many are to get each event.
  Rounds(std::int64_t events, std::int64_t sockets) : sockets_(sockets), rounds_(static_cast<std::size_t>(events)) {}

  void due(std::int64_t event, SteadyTime when) { at(event).due = when; }
  void arrived(std::int64_t event, SteadyTime when);
  bool complete() const noexcept { return deliveries_ == sockets_ * static_cast<std::int64_t>(rounds_.size()); }
  RoundFigures figures() const;

 private:
  struct Round {
    SteadyTime due;
    SteadyTime last;
    std::int64_t count = 0;
  };
  Round& at(std::int64_t event) { return rounds_.at(static_cast<std::size_t>(event)); }

  std::int64_t sockets_;
  std::vector<Round> rounds_;
  std::vector<std::int64_t> latencies_us_;
  std::int64_t deliveries_ = 0;
};

}  // namespace pitview::bench
