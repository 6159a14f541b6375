#include "customers/ratings_repository.h"

#include <array>

namespace pitview::customers {
namespace {

using postgres::Row;
using postgres::Statement;
using postgres::Transaction;

// $1 to $4 of both lists.
#define RATING_FILTER                                                                \
  " ($1::bigint IS NULL OR r.job_id = $1) AND ($2::integer IS NULL OR r.stars = $2)" \
  " AND ($3::timestamptz IS NULL OR r.created_at >= $3)"                             \
  " AND ($4::timestamptz IS NULL OR r.created_at < $4) "

#define RATING_COLUMNS "r.id, r.job_id, r.stars, r.comment, r.created_at, r.updated_at"

constexpr Statement kList{"list_ratings",
                          "SELECT " RATING_COLUMNS
                          ", p.pit_number, j.customer_name, j.car_model, j.work_type FROM ratings r "
                          "JOIN jobs j ON j.id = r.job_id JOIN pits p ON p.id = j.pit_id WHERE" RATING_FILTER
                          "AND ($5::bigint IS NULL OR r.id < $5) ORDER BY r.id DESC LIMIT $6"};

constexpr Statement kSummary{"summarise_ratings",
                             "SELECT count(*) AS count, avg(r.stars)::float8 AS average, "
                             "ARRAY[count(*) FILTER (WHERE r.stars = 1), count(*) FILTER (WHERE r.stars = 2), "
                             "count(*) FILTER (WHERE r.stars = 3), count(*) FILTER (WHERE r.stars = 4), "
                             "count(*) FILTER (WHERE r.stars = 5)] AS by_stars FROM ratings r WHERE" RATING_FILTER};

constexpr Statement kFind{"find_rating", "SELECT " RATING_COLUMNS " FROM ratings r WHERE r.job_id = $1"};

constexpr Statement kFindOwn{"find_own_rating",
                             "SELECT " RATING_COLUMNS
                             " FROM ratings r JOIN jobs j ON j.id = r.job_id WHERE r.job_id = $1 "
                             "AND j.customer_id = $2 "
                             "AND customer_access_ends(j.status, j.actual_end_time, j.updated_at) > now()"};

#undef RATING_FILTER
#undef RATING_COLUMNS

constexpr Statement kLockJob{"lock_job_for_rating", R"sql(
  SELECT status = 'completed' AS completed, pit_id FROM jobs
  WHERE id = $1 AND customer_id = $2 AND customer_access_ends(status, actual_end_time, updated_at) > now()
  FOR UPDATE)sql"};

constexpr Statement kSave{"save_rating", R"sql(
  INSERT INTO ratings (workshop_id, job_id, customer_id, stars, comment, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT ON CONSTRAINT ratings_job_key
  DO UPDATE SET stars = excluded.stars, comment = excluded.comment, updated_at = excluded.updated_at
  RETURNING id)sql"};

constexpr std::array kStatements = {kList, kSummary, kFind, kFindOwn, kLockJob, kSave};

void read_rating(const Row& row, Rating& rating) {
  rating.id = row.get<RatingId>("id");
  rating.job_id = row.get<JobId>("job_id");
  rating.stars = row.get<int>("stars");
  rating.comment = row.get<std::string>("comment");
  rating.created_at = row.get<Timestamp>("created_at");
  rating.updated_at = row.get<Timestamp>("updated_at");
}

std::optional<Rating> only(const postgres::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  Rating rating;
  read_rating(rows[0], rating);
  return rating;
}

}  // namespace

std::span<const Statement> rating_statements() { return kStatements; }

Awaitable<std::vector<RatedJob>> RatingsRepository::list(WorkshopId workshop, RatingFilter filter) {
  std::vector<RatedJob> ratings;
  const auto rows = co_await database_.here().read(workshop, kList, filter.job, filter.stars, filter.from, filter.until,
                                                   filter.before, filter.limit);
  for (const Row row : rows) {
    RatedJob& rated = ratings.emplace_back();
    read_rating(row, rated);
    rated.pit_number = row.get<int>("pit_number");
    rated.customer_name = row.get<std::string>("customer_name");
    rated.car_model = row.get<std::string>("car_model");
    rated.work_type = row.get<std::string>("work_type");
  }
  co_return ratings;
}

Awaitable<RatingSummary> RatingsRepository::summary(WorkshopId workshop, RatingFilter filter) {
  const auto rows =
      co_await database_.here().read(workshop, kSummary, filter.job, filter.stars, filter.from, filter.until);
  co_return RatingSummary{.count = rows[0].get<std::int64_t>("count"),
                          .average = rows[0].get<std::optional<double>>("average"),
                          .by_stars = rows[0].get<std::vector<std::int64_t>>("by_stars")};
}

Awaitable<std::optional<Rating>> RatingsRepository::find_own(WorkshopId workshop, UserId customer, JobId job) {
  co_return only(co_await database_.here().read(workshop, kFindOwn, job, customer));
}

Awaitable<std::optional<RatableJob>> RatingsRepository::lock_job(Transaction& tx, UserId customer, JobId job) {
  const auto row = (co_await tx.query(kLockJob, job, customer)).first();
  if (!row) co_return std::nullopt;
  co_return RatableJob{row->get<bool>("completed"), row->get<PitId>("pit_id")};
}

Awaitable<std::optional<Rating>> RatingsRepository::find(Transaction& tx, JobId job) {
  co_return only(co_await tx.query(kFind, job));
}

Awaitable<Rating> RatingsRepository::save(Transaction& tx, WorkshopId workshop, UserId customer, Rating rating) {
  const auto rows = co_await tx.query(kSave, workshop, rating.job_id, customer, rating.stars, rating.comment,
                                      rating.created_at, rating.updated_at);
  rating.id = rows[0].get<RatingId>("id");
  co_return rating;
}

}  // namespace pitview::customers
