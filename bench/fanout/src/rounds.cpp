#include "rounds.h"

#include <algorithm>

namespace pitview::bench {
namespace {

std::int64_t us(SteadyTime::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

}  // namespace

void Rounds::arrived(std::int64_t event, SteadyTime when) {
  Round& round = at(event);
  ++round.count;
  round.last = std::max(round.last, when);
  ++deliveries_;
  latencies_us_.push_back(us(when - round.due));
}

RoundFigures Rounds::figures() const {
  const auto events = static_cast<std::int64_t>(rounds_.size());
  std::vector<std::int64_t> last_us;
  for (const Round& round : rounds_)
    if (round.count >= sockets_) last_us.push_back(us(round.last - round.due));
  return {.events = events,
          .deliveries = deliveries_,
          .missing = events * sockets_ - deliveries_,
          .each = percentiles_of(latencies_us_),
          .last = percentiles_of(std::move(last_us))};
}

}  // namespace pitview::bench
