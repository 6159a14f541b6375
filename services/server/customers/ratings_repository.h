// Ratings in PostgreSQL.
#pragma once

#include <span>
#include <vector>

#include "app/database.h"
#include "customers/rating.h"

namespace pitview::customers {

struct RatingFilter {
  std::optional<JobId> job;
  std::optional<int> stars;
  std::optional<Timestamp> from;   // of the first saying
  std::optional<Timestamp> until;  // not included
  std::optional<RatingId> before;  // the page's cursor
  int limit = 50;
};

// What decides whether a job may be rated now.
struct RatableJob {
  bool completed = false;
  PitId pit;
};

class RatingsRepository {
 public:
  explicit RatingsRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first.
  Awaitable<std::vector<RatedJob>> list(WorkshopId workshop, RatingFilter filter);
  Awaitable<RatingSummary> summary(WorkshopId workshop, RatingFilter filter);
  // Of a job that its customer may still see.
  Awaitable<std::optional<Rating>> find_own(WorkshopId workshop, UserId customer, JobId job);

  // Inside a transaction. A job that this customer may see, locked, so that of two
  // ratings at once one is before the other.
  static Awaitable<std::optional<RatableJob>> lock_job(postgres::Transaction& tx, UserId customer, JobId job);
  static Awaitable<std::optional<Rating>> find(postgres::Transaction& tx, JobId job);
  static Awaitable<Rating> save(postgres::Transaction& tx, WorkshopId workshop, UserId customer, Rating rating);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> rating_statements();

}  // namespace pitview::customers
