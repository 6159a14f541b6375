#include "analytics/analytics_repository.h"

#include <array>
#include <cmath>

namespace pitview::analytics {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;

// A car occupies its pit from start to end. What lies outside of the range does not count.
#define PRESENT                                                                                            \
  "present AS (SELECT j.pit_id, j.actual_start_time AS began, greatest(j.actual_start_time, $1) AS since," \
  " least(coalesce(j.actual_end_time, $3), $2) AS until FROM jobs j WHERE j.actual_start_time < $2"        \
  " AND coalesce(j.actual_end_time, $3) > $1 AND (j.status <> 'cancelled' OR j.actual_end_time IS NOT NULL))"

constexpr Statement kBusyPits{"analytics_busy_pits", "WITH " PRESENT R"sql(
  SELECT p.id AS pit_id, p.pit_number, count(b.pit_id) AS jobs,
         coalesce(sum(date_part('epoch', b.until - b.since)) / 3600, 0)::float8 AS hours
  FROM pits p LEFT JOIN present b ON b.pit_id = p.id
  GROUP BY p.id, p.pit_number ORDER BY hours DESC, p.pit_number LIMIT 1000)sql"};

// Slots of an hour that begin with the hours of the clock on the wall.
constexpr Statement kBusyHours{"analytics_busy_hours", "WITH " PRESENT R"sql(
  , zone AS MATERIALIZED (SELECT w.timezone FROM workshops w WHERE w.id = current_workshop())
  SELECT date_part('isodow', t.wall)::integer AS weekday, date_part('hour', t.wall)::integer AS hour,
         count(*) FILTER (WHERE b.began >= s.slot AND b.began < s.slot + interval '1 hour') AS jobs,
         sum(date_part('epoch', least(b.until, s.slot + interval '1 hour') - greatest(b.since, s.slot))) / 3600 AS hours
  FROM zone z, present b,
       generate_series(date_trunc('hour', b.since, z.timezone), b.until - interval '1 microsecond', '1 hour') s (slot),
       LATERAL (SELECT s.slot AT TIME ZONE z.timezone AS wall) t
  GROUP BY 1, 2 ORDER BY 1, 2)sql"};

constexpr Statement kTimezone{"analytics_timezone", "SELECT timezone FROM workshops WHERE id = current_workshop()"};

constexpr Statement kEnvironment{"analytics_environment", R"sql(
  SELECT p.id AS pit_id, to_char(q.at AT TIME ZONE z.timezone, 'YYYY-MM-DD') AS day, sum(q.n)::bigint AS readings,
         sum(q.temperature_mean::float8 * q.temperature_n) / nullif(sum(q.temperature_n), 0) AS temperature,
         min(q.temperature_min) AS temperature_min, max(q.temperature_max) AS temperature_max,
         sum(q.humidity_mean::float8 * q.humidity_n) / nullif(sum(q.humidity_n), 0) AS humidity,
         min(q.humidity_min) AS humidity_min, max(q.humidity_max) AS humidity_max,
         sum(q.aqi_mean::float8 * q.aqi_n) / nullif(sum(q.aqi_n), 0) AS aqi,
         min(q.aqi_min) AS aqi_min, max(q.aqi_max) AS aqi_max,
         sum(q.pressure_mean::float8 * q.pressure_n) / nullif(sum(q.pressure_n), 0) AS pressure,
         min(q.pressure_min) AS pressure_min, max(q.pressure_max) AS pressure_max
  FROM (SELECT w.timezone FROM workshops w WHERE w.id = current_workshop()) z,
       pits p, LATERAL quarters_between(p.id, $1, $2) q
  WHERE $3::bigint IS NULL OR p.id = $3
  GROUP BY p.id, p.pit_number, 2 ORDER BY p.pit_number, 2)sql"};

constexpr Statement kRatings{"analytics_ratings", R"sql(
  SELECT count(*) AS ratings, avg(stars)::float8 AS average, count(*) FILTER (WHERE stars = 1) AS one,
         count(*) FILTER (WHERE stars = 2) AS two, count(*) FILTER (WHERE stars = 3) AS three,
         count(*) FILTER (WHERE stars = 4) AS four, count(*) FILTER (WHERE stars = 5) AS five
  FROM ratings WHERE created_at >= $1 AND created_at < $2)sql"};

constexpr Statement kRatingMonths{"analytics_rating_months", R"sql(
  SELECT to_char(r.created_at AT TIME ZONE w.timezone, 'YYYY-MM') AS month, count(*) AS ratings,
         avg(r.stars)::float8 AS average
  FROM ratings r JOIN workshops w ON w.id = r.workshop_id
  WHERE r.created_at >= $1 AND r.created_at < $2 GROUP BY 1 ORDER BY 1)sql"};

constexpr Statement kDurations{"analytics_durations", R"sql(
  SELECT j.work_type, count(*) AS jobs, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.minutes) AS median,
         percentile_cont(0.8) WITHIN GROUP (ORDER BY d.minutes) AS p80, avg(d.minutes)::float8 AS mean,
         count(*) FILTER (WHERE d.minutes > j.estimated_duration_minutes) AS over_plan
  FROM jobs j, LATERAL (
    SELECT greatest(0, date_part('epoch', j.actual_end_time - j.actual_start_time) - coalesce(sum(s.held_seconds), 0))
           / 60 AS minutes
    FROM job_stages s WHERE s.workshop_id = j.workshop_id AND s.job_id = j.id) d
  WHERE j.status = 'completed' AND j.actual_end_time >= $1 AND j.actual_end_time < $2
  GROUP BY j.work_type ORDER BY jobs DESC, j.work_type LIMIT 200)sql"};

constexpr Statement kCalls{"analytics_calls", R"sql(
  SELECT count(*) AS jobs, coalesce(sum(o.opens), 0)::bigint AS opens, w.baseline_calls_per_job AS baseline,
         sum(least(o.opens, w.baseline_calls_per_job)) AS avoided
  FROM workshops w
  LEFT JOIN jobs j ON j.workshop_id = w.id AND j.status = 'completed' AND j.actual_end_time >= $1 AND j.actual_end_time < $2,
       LATERAL (SELECT coalesce(sum(t.opens), 0) AS opens FROM tracking_opens t
                WHERE t.workshop_id = w.id AND t.job_id = j.id) o
  WHERE w.id = current_workshop() AND j.id IS NOT NULL
  GROUP BY w.baseline_calls_per_job)sql"};

constexpr Statement kBaseline{"analytics_baseline",
                              "SELECT baseline_calls_per_job FROM workshops WHERE id = current_workshop()"};

// The last jobs of a type: how long from the beginning of a stage to the end, without holds; of those that
// took longer than $4 minutes. Stages of one name are the same, wherever they stand.
constexpr Statement kRemaining{"analytics_remaining", R"sql(
  WITH past AS (
    SELECT j.workshop_id, j.id, j.actual_end_time FROM jobs j
    WHERE j.status = 'completed' AND j.work_type = $1 AND j.actual_end_time > $3 ORDER BY j.actual_end_time DESC LIMIT 200
  ), remaining AS (
    SELECT greatest(0, date_part('epoch', p.actual_end_time - s.started_at) - held.seconds) / 60 AS minutes
    FROM past p
    JOIN job_stages s ON s.workshop_id = p.workshop_id AND s.job_id = p.id AND s.name = $2 AND s.started_at IS NOT NULL,
    LATERAL (SELECT sum(l.held_seconds) AS seconds FROM job_stages l
             WHERE l.workshop_id = p.workshop_id AND l.job_id = p.id AND l.position >= s.position) held)
  SELECT count(*) AS jobs, percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS p50,
         percentile_cont(0.8) WITHIN GROUP (ORDER BY minutes) AS p80
  FROM remaining WHERE minutes > $4)sql"};

constexpr Statement kTotal{"analytics_total", R"sql(
  WITH past AS (
    SELECT greatest(0, date_part('epoch', j.actual_end_time - j.actual_start_time) -
             coalesce((SELECT sum(s.held_seconds) FROM job_stages s
                       WHERE s.workshop_id = j.workshop_id AND s.job_id = j.id), 0)) / 60 AS minutes
    FROM jobs j
    WHERE j.status = 'completed' AND j.work_type = $1 AND j.actual_end_time > $2 ORDER BY j.actual_end_time DESC LIMIT 200)
  SELECT count(*) AS jobs, percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS p50,
         percentile_cont(0.8) WITHIN GROUP (ORDER BY minutes) AS p80 FROM past)sql"};

// Where a job is: its stage, and for how long, without holds.
constexpr Statement kWhere{"analytics_where", R"sql(
  SELECT j.work_type, j.status, s.name AS stage,
         greatest(0, date_part('epoch', coalesce(j.held_since, $2) - s.started_at) - s.held_seconds)::float8 / 60 AS minutes
  FROM jobs j
  LEFT JOIN LATERAL (SELECT name, started_at, held_seconds FROM job_stages
                     WHERE workshop_id = j.workshop_id AND job_id = j.id AND started_at IS NOT NULL
                     ORDER BY position DESC LIMIT 1) s ON true
  WHERE j.id = $1)sql"};

constexpr std::array kStatements = {kBusyPits,  kBusyHours, kTimezone, kEnvironment, kRatings, kRatingMonths,
                                    kDurations, kCalls,     kBaseline, kRemaining,   kTotal,   kWhere};

constexpr std::chrono::days kPast{366};

double rounded(double value) { return std::round(value * 100) / 100; }

std::optional<double> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return rounded(*value);
}

std::optional<Trend> trend_of(const Row& row, const std::string& quantity) {
  const auto mean = row.get<std::optional<double>>(quantity);
  if (!mean) return std::nullopt;
  return Trend{rounded(*mean), rounded(row.get<double>(quantity + "_min")),
               rounded(row.get<double>(quantity + "_max"))};
}

// `done`: minutes that are over already.
void take(Estimate& estimate, const Row& row, double done) {
  estimate.jobs = row.get<std::int64_t>("jobs");
  if (estimate.jobs < kFewestJobs) return;
  estimate.p50_minutes = rounded(row.get<double>("p50") - done);
  estimate.p80_minutes = rounded(row.get<double>("p80") - done);
}

Timestamp after_minutes(Timestamp now, double minutes) {
  return now + std::chrono::seconds(static_cast<std::int64_t>(std::round(minutes * 60)));
}

}  // namespace

std::span<const Statement> analytics_statements() { return kStatements; }

Awaitable<Busy> AnalyticsRepository::busy(WorkshopId workshop, Range range, Timestamp now) {
  Busy busy;
  busy.timezone = (co_await database_.here().read(workshop, kTimezone))[0].get<std::string>(0);
  const Rows pits = co_await database_.here().read(workshop, kBusyPits, range.from, range.to, now);
  for (const Row row : pits)
    busy.pits.push_back({.pit_id = row.get<PitId>("pit_id"),
                         .pit_number = row.get<int>("pit_number"),
                         .jobs = row.get<std::int64_t>("jobs"),
                         .hours = rounded(row.get<double>("hours"))});
  const Rows hours = co_await database_.here().read(workshop, kBusyHours, range.from, range.to, now);
  for (const Row row : hours)
    busy.by_hour.push_back({.weekday = row.get<int>("weekday"),
                            .hour = row.get<int>("hour"),
                            .jobs = row.get<std::int64_t>("jobs"),
                            .hours = rounded(row.get<double>("hours"))});
  co_return busy;
}

Awaitable<std::vector<EnvironmentDay>> AnalyticsRepository::environment(WorkshopId workshop, Range range,
                                                                        std::optional<PitId> pit) {
  std::vector<EnvironmentDay> days;
  const Rows rows = co_await database_.here().read(workshop, kEnvironment, range.from, range.to, pit);
  days.reserve(static_cast<std::size_t>(rows.size()));
  for (const Row row : rows)
    days.push_back({.pit_id = row.get<PitId>("pit_id"),
                    .day = row.get<std::string>("day"),
                    .readings = row.get<std::int64_t>("readings"),
                    .temperature = trend_of(row, "temperature"),
                    .humidity = trend_of(row, "humidity"),
                    .aqi = trend_of(row, "aqi"),
                    .pressure = trend_of(row, "pressure")});
  co_return days;
}

Awaitable<Ratings> AnalyticsRepository::ratings(WorkshopId workshop, Range range) {
  Ratings ratings;
  const Row all = (co_await database_.here().read(workshop, kRatings, range.from, range.to))[0];
  ratings.ratings = all.get<std::int64_t>("ratings");
  ratings.average = rounded(all.get<std::optional<double>>("average"));
  for (const char* stars : {"one", "two", "three", "four", "five"})
    ratings.stars.push_back(all.get<std::int64_t>(stars));
  const Rows months = co_await database_.here().read(workshop, kRatingMonths, range.from, range.to);
  for (const Row row : months)
    ratings.months.push_back({.month = row.get<std::string>("month"),
                              .ratings = row.get<std::int64_t>("ratings"),
                              .average = rounded(row.get<double>("average"))});
  co_return ratings;
}

Awaitable<Durations> AnalyticsRepository::durations(WorkshopId workshop, Range range) {
  Durations durations;
  const Rows rows = co_await database_.here().read(workshop, kDurations, range.from, range.to);
  for (const Row row : rows)
    durations.by_type.push_back({.work_type = row.get<std::string>("work_type"),
                                 .jobs = row.get<std::int64_t>("jobs"),
                                 .median_minutes = rounded(row.get<double>("median")),
                                 .p80_minutes = rounded(row.get<double>("p80")),
                                 .mean_minutes = rounded(row.get<double>("mean")),
                                 .over_plan = row.get<std::int64_t>("over_plan")});
  co_return durations;
}

Awaitable<CallsAvoided> AnalyticsRepository::calls_avoided(WorkshopId workshop, Range range) {
  CallsAvoided calls;
  calls.baseline_calls_per_job = (co_await database_.here().read(workshop, kBaseline))[0].get<std::optional<double>>(0);
  if (calls.baseline_calls_per_job) calls.calls_avoided = 0;
  const Rows rows = co_await database_.here().read(workshop, kCalls, range.from, range.to);
  if (const auto row = rows.first()) {
    calls.jobs = row->get<std::int64_t>("jobs");
    calls.opens = row->get<std::int64_t>("opens");
    calls.opens_per_job = rounded(static_cast<double>(calls.opens) / static_cast<double>(calls.jobs));
    if (calls.baseline_calls_per_job) calls.calls_avoided = rounded(row->get<double>("avoided"));
  }
  co_return calls;
}

Awaitable<Estimate> AnalyticsRepository::estimate(WorkshopId workshop, std::string work_type, Timestamp now) {
  Estimate estimate{.work_type = std::move(work_type)};
  const Rows rows = co_await database_.here().read(workshop, kTotal, estimate.work_type, now - kPast);
  take(estimate, rows[0], 0);
  co_return estimate;
}

Awaitable<Result<Estimate>> AnalyticsRepository::estimate(WorkshopId workshop, JobId job, Timestamp now) {
  const Rows found = co_await database_.here().read(workshop, kWhere, job, now);
  if (found.empty()) co_return Error{Errc::not_found, "There is no such job.", {}, 0};
  const Row where = found[0];
  const auto status = where.get<std::string>("status");
  if (status == "completed" || status == "cancelled")
    co_return Error{Errc::conflict, "The job is over; nothing is to be estimated.", {}, 0};
  const auto stage = where.get<std::optional<std::string>>("stage");
  if (!stage) {
    Estimate waiting = co_await estimate(workshop, where.get<std::string>("work_type"), now);
    waiting.job_id = job;
    co_return waiting;
  }
  Estimate estimate{.work_type = where.get<std::string>("work_type"), .job_id = job};
  const auto done = where.get<double>("minutes");
  const Rows rows = co_await database_.here().read(workshop, kRemaining, estimate.work_type, *stage, now - kPast, done);
  take(estimate, rows[0], done);
  if (estimate.p50_minutes && status != "on_hold") {
    estimate.p50_at = after_minutes(now, *estimate.p50_minutes);
    estimate.p80_at = after_minutes(now, *estimate.p80_minutes);
  }
  co_return estimate;
}

}  // namespace pitview::analytics
