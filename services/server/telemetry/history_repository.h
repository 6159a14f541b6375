// What was measured at a pit over time, in PostgreSQL: open, packed and, by quarters
// of an hour, archived too. Everything oldest first.
#pragma once

#include <span>
#include <vector>

#include "app/database.h"
#include "telemetry/history.h"
#include "telemetry/history_rules.h"

namespace pitview::telemetry {

class HistoryRepository {
 public:
  explicit HistoryRepository(app::Database& database) : database_(database) {}

  // From `cursor.at` without the first `cursor.skip`; `limit` of them at most.
  Awaitable<std::vector<HistoryPoint>> readings(WorkshopId workshop, PitId pit, RawCursor cursor, Timestamp to,
                                                int limit);
  // By buckets as planned, those of [from, to). The first begins at `from` at the earliest.
  Awaitable<std::vector<HistoryPoint>> buckets(WorkshopId workshop, PitId pit, Timestamp from, Timestamp to,
                                               HistoryPlan plan);

  // One bounded step of keeping the rollups (tenths of a second). True: there is more
  // to do, call again.
  Awaitable<bool> roll_up();

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> history_statements();

}  // namespace pitview::telemetry
