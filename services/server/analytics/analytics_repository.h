// The figures, each one statement in PostgreSQL over the jobs, ratings and rollups of
// the workshop of the transaction.
#pragma once

#include <span>

#include "analytics/analytics.h"
#include "app/database.h"
#include "pitview/base/result.h"

namespace pitview::analytics {

class AnalyticsRepository {
 public:
  explicit AnalyticsRepository(app::Database& database) : database_(database) {}

  // `now`: until when a running job has been at its pit.
  Awaitable<Busy> busy(WorkshopId workshop, Range range, Timestamp now);
  // Of one pit, or of all.
  Awaitable<std::vector<EnvironmentDay>> environment(WorkshopId workshop, Range range, std::optional<PitId> pit);
  Awaitable<Ratings> ratings(WorkshopId workshop, Range range);
  Awaitable<Durations> durations(WorkshopId workshop, Range range);
  Awaitable<CallsAvoided> calls_avoided(WorkshopId workshop, Range range);
  // Of a job of that type which has not begun.
  Awaitable<Estimate> estimate(WorkshopId workshop, std::string work_type, Timestamp now);
  // not_found; conflict when it is over.
  Awaitable<Result<Estimate>> estimate(WorkshopId workshop, JobId job, Timestamp now);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> analytics_statements();

}  // namespace pitview::analytics
