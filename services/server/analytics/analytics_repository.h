// The figures, each one statement in PostgreSQL over the jobs, ratings and rollups of
// the workshop of the transaction.
#pragma once

#include <span>

#include "analytics/analytics.h"
#include "app/database.h"

namespace pitview::analytics {

class AnalyticsRepository {
 public:
  explicit AnalyticsRepository(app::Database& database) : database_(database) {}

  // `now`: until when a running job has been at its pit.
  Awaitable<Busy> busy(WorkshopId workshop, Range range, Timestamp now);
  // Of one pit, or of all.
  Awaitable<std::vector<EnvironmentDay>> environment(WorkshopId workshop, Range range, std::optional<PitId> pit);
  Awaitable<Ratings> ratings(WorkshopId workshop, Range range);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> analytics_statements();

}  // namespace pitview::analytics
