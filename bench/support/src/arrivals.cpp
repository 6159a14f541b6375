#include "arrivals.h"

#include <algorithm>

namespace pitview::bench {
namespace {

std::int64_t nearest_rank(const std::vector<std::int64_t>& sorted, std::int64_t per_mille) {
  const auto count = static_cast<std::int64_t>(sorted.size());
  const std::int64_t rank = (count * per_mille + 999) / 1000;
  return sorted[static_cast<std::size_t>(std::max<std::int64_t>(rank, 1) - 1)];
}

std::int64_t us(SteadyTime::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

}  // namespace

Percentiles percentiles_of(std::vector<std::int64_t> latencies_us) {
  if (latencies_us.empty()) return {};
  std::ranges::sort(latencies_us);
  return {.samples = static_cast<std::int64_t>(latencies_us.size()),
          .p50_us = nearest_rank(latencies_us, 500),
          .p99_us = nearest_rank(latencies_us, 990),
          .p999_us = nearest_rank(latencies_us, 999),
          .max_us = latencies_us.back()};
}

void Arrivals::note(std::int64_t n, SteadyTime when) {
  if (n < 0 || n >= total()) return;
  SteadyTime& at = at_[static_cast<std::size_t>(n)];
  if (at != SteadyTime()) {
    ++again_;
    return;
  }
  at = when;
  ++distinct_;
}

Percentiles Arrivals::latency(const Plan& plan) const {
  std::vector<std::int64_t> latencies_us;
  for (std::int64_t n = plan.warm_up; n < total(); ++n) {
    const SteadyTime at = at_[static_cast<std::size_t>(n)];
    if (at == SteadyTime()) continue;
    latencies_us.push_back(us(at - plan.due(n)));
  }
  return percentiles_of(std::move(latencies_us));
}

Percentiles Arrivals::later_than(const Arrivals& there, const Plan& plan) const {
  std::vector<std::int64_t> differences_us;
  for (std::int64_t n = plan.warm_up; n < total(); ++n) {
    const SteadyTime here_at = at_[static_cast<std::size_t>(n)];
    const SteadyTime there_at = there.at_[static_cast<std::size_t>(n)];
    if (here_at != SteadyTime() && there_at != SteadyTime()) differences_us.push_back(us(here_at - there_at));
  }
  return percentiles_of(std::move(differences_us));
}

}  // namespace pitview::bench
