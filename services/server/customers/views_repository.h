// The log of who looked at what, in PostgreSQL.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "app/database.h"
#include "customers/view.h"

namespace pitview::customers {

struct ViewFilter {
  std::optional<JobId> job;
  std::optional<PitId> pit;
  std::optional<bool> watching;
  std::optional<ViewId> before;  // the page's cursor
  int limit = 50;
};

class ViewsRepository {
 public:
  explicit ViewsRepository(app::Database& database) : database_(database) {}

  // The newest first.
  Awaitable<std::vector<View>> list(WorkshopId workshop, ViewFilter filter);
  Awaitable<bool> job_exists(WorkshopId workshop, JobId job);
  Awaitable<bool> pit_exists(WorkshopId workshop, PitId pit);

  struct Change {
    WorkshopId workshop;
    ViewChange change;
  };
  // All sessions that look at this server, of all workshops: what they look at begins,
  // and what others of this server or of a dead one looked at ends. `channel`: live
  // (an open page) or video.
  Awaitable<std::vector<Change>> note(std::string server, std::string channel, std::vector<SessionId> sessions);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> view_statements();

}  // namespace pitview::customers
