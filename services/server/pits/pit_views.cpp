#include "pits/pit_views.h"

#include <algorithm>

namespace pitview::pits {
namespace {

Pit* find(std::vector<Pit>& pits, PitId id) {
  const auto found = std::find_if(pits.begin(), pits.end(), [id](const Pit& pit) { return pit.id == id; });
  return found == pits.end() ? nullptr : &*found;
}

}  // namespace

Awaitable<std::vector<Pit>> PitViews::list(Principal principal, Scope scope) {
  const Timestamp now = parts_.clock.now();
  std::vector<Pit> pits = co_await parts_.pits.list(principal.workshop, now);
  std::erase_if(pits, [&](const Pit& pit) { return !scope.sees(pit.id); });
  if (pits.empty()) co_return pits;

  for (telemetry::Reading& reading : co_await parts_.readings.latest_of_workshop(principal.workshop))
    if (Pit* pit = find(pits, reading.pit_id)) pit->latest = std::move(reading);
  for (Pit& pit : pits) {
    pit.latest = parts_.newest.newest(pit.id, std::move(pit.latest));
    if (pit.latest && pit.latest->timestamp < *scope.visible_since(pit.id)) pit.latest.reset();
  }
  for (jobs::Job& job : co_await parts_.jobs.running(principal.workshop, jobs::JobAccess::of(principal), now))
    if (Pit* pit = find(pits, job.pit_id)) pit->job = std::move(job);
  if (principal.role == Role::customer)
    for (Pit& pit : pits)
      if (pit.device) pit.device->device_id.reset();
  co_return pits;
}

}  // namespace pitview::pits
