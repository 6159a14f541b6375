#include "usage.h"

#include <unistd.h>

#include <algorithm>

namespace pitview::bench {

CpuShares shares_of(const Stack& stack, const CpuTimes& before, const CpuTimes& after) {
  const double took_s = std::chrono::duration<double>(after.at - before.at).count();
  const auto share = [&](int pid) { return (after.processes.below(pid) - before.processes.below(pid)) / took_s; };
  CpuShares shares{.seconds = took_s,
                   .server = share(stack.pids.server.value_or(0)),
                   .mosquitto = share(stack.pids.mosquitto.value_or(0)),
                   .postgres = share(stack.pids.postgres.value_or(0)),
                   .bench = share(::getpid()),
                   .stolen = (after.stolen - before.stolen) / took_s};
  const double all = (after.processes.all() - before.processes.all()) / took_s;
  shares.others = std::max(0.0, all - shares.server - shares.mosquitto - shares.postgres - shares.bench);
  return shares;
}

}  // namespace pitview::bench
