// Rating a finished job, and reading what customers said.
#pragma once

#include "audit/actor.h"
#include "customers/ratings_repository.h"
#include "pitview/base/result.h"
#include "pitview/live/hub.h"

namespace pitview::customers {

class RatingService {
 public:
  struct Parts {
    RatingsRepository& ratings;
    live::Hub& hub;
    const Clock& clock;
  };
  explicit RatingService(Parts parts) : parts_(parts) {}

  // not_found for any job but an own one that may still be seen; conflict before the
  // job is completed, and for another opinion more than 24 hours after the first.
  Awaitable<Result<Rating>> rate(audit::Actor actor, JobId job, int stars, std::string comment);

  // not_found.
  Awaitable<Result<Rating>> find_own(Principal customer, JobId job);

  Awaitable<std::vector<RatedJob>> list(WorkshopId workshop, RatingFilter filter);
  Awaitable<RatingSummary> summary(WorkshopId workshop, RatingFilter filter);

 private:
  Parts parts_;
};

}  // namespace pitview::customers
