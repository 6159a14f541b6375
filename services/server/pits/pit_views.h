// Pits as a principal may see them, with everything a screen shows of each.
#pragma once

#include "jobs/jobs_repository.h"
#include "pits/pits_repository.h"
#include "telemetry/newest_readings.h"
#include "telemetry/readings_repository.h"

namespace pitview::pits {

class PitViews {
 public:
  struct Parts {
    PitsRepository& pits;
    jobs::JobsRepository& jobs;
    telemetry::ReadingsRepository& readings;
    const telemetry::NewestReadings& newest;
    const Clock& clock;
  };
  explicit PitViews(Parts parts) : parts_(parts) {}

  Awaitable<Scope> scope_of(Principal principal) { return parts_.pits.scope_of(principal); }
  Awaitable<std::vector<Pit>> list(Principal principal, Scope scope);

 private:
  Parts parts_;
};

}  // namespace pitview::pits
