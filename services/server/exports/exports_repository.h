// The pages of an export: each a statement of its own, by key, so that no connection is held
// between them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "audit/audit_log.h"
#include "exports/export_rows.h"

namespace pitview::exports {

struct Span {
  Timestamp from;  // included
  Timestamp to;    // not included
};

// What the name of a file says: days on the workshop's calendar, "2026-02-20".
struct SpanDays {
  std::string first;
  std::string last;
};

struct ReadingPage {
  std::vector<ReadingRow> rows;
  ReadingKey last;  // with rows
};

class ExportsRepository {
 public:
  explicit ExportsRepository(app::Database& database) : database_(database) {}

  Awaitable<SpanDays> days_of(WorkshopId workshop, Span span);
  // Empty when there is no such pit.
  Awaitable<std::optional<int>> number_of(WorkshopId workshop, PitId pit);

  // Those that were there in the span, as in the list of jobs: not over before, and booked
  // before its end. By id, those behind `after`; `limit` at most.
  Awaitable<std::vector<JobRow>> jobs(WorkshopId workshop, Span span, JobId after, int limit);
  // By time, those behind `after` and before `to`; `limit` at most.
  Awaitable<ReadingPage> readings(WorkshopId workshop, PitId pit, ReadingKey after, Timestamp to, int limit);

  Awaitable<> record(WorkshopId workshop, audit::Actor actor, audit::Entry entry);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> export_statements();

}  // namespace pitview::exports
