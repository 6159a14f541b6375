#include "arrivals.h"

#include <algorithm>

namespace pitview::bench {
namespace {

std::int64_t nearest_rank(const std::vector<std::int64_t>& sorted, std::int64_t per_mille) {
  const auto count = static_cast<std::int64_t>(sorted.size());
  const std::int64_t rank = (count * per_mille + 999) / 1000;
  return sorted[static_cast<std::size_t>(std::max<std::int64_t>(rank, 1) - 1)];
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
    latencies_us.push_back(std::chrono::duration_cast<std::chrono::microseconds>(at - plan.due(n)).count());
  }
  return percentiles_of(std::move(latencies_us));
}

}  // namespace pitview::bench
