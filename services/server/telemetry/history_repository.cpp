#include "telemetry/history_repository.h"

#include <array>
#include <cmath>
#include <string>

namespace pitview::telemetry {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;

// All of them in this order: at, n, the five values, and of buckets their least and their greatest.
constexpr int kAt = 0;
constexpr int kN = 1;
constexpr int kMean = 2;
constexpr int kMin = 7;
constexpr int kMax = 12;

constexpr Statement kReadings{"history_readings", R"sql(
  SELECT measured_at, 1::bigint, temperature, humidity, aqi::integer, pressure, gas_ohm
  FROM readings_between($1, $2, $3)
  ORDER BY measured_at, device_key, boot_id, seq LIMIT $4 OFFSET $5)sql"};

constexpr Statement kMinutes{"history_minutes", R"sql(
  SELECT greatest(date_bin(make_interval(secs => $4), r.measured_at, '2000-01-01 00:00:00+00'), $2), count(*),
         avg(temperature)::float8, avg(humidity)::float8, round(avg(aqi))::integer, avg(pressure)::float8, avg(gas_ohm)::float8,
         min(temperature), min(humidity), min(aqi)::integer, min(pressure), min(gas_ohm),
         max(temperature), max(humidity), max(aqi)::integer, max(pressure), max(gas_ohm)
  FROM readings_between($1, $2, $3) r GROUP BY 1 ORDER BY 1)sql"};

constexpr Statement kQuarters{"history_quarters", R"sql(
  SELECT greatest(date_bin(make_interval(secs => $4), q.at, '2000-01-01 00:00:00+00'), $2), sum(n)::bigint,
         sum(temperature_mean::float8 * temperature_n) / nullif(sum(temperature_n), 0),
         sum(humidity_mean::float8 * humidity_n) / nullif(sum(humidity_n), 0),
         round(sum(aqi_mean::float8 * aqi_n) / nullif(sum(aqi_n), 0))::integer,
         sum(pressure_mean::float8 * pressure_n) / nullif(sum(pressure_n), 0),
         sum(gas_ohm_mean::float8 * gas_ohm_n) / nullif(sum(gas_ohm_n), 0),
         min(temperature_min), min(humidity_min), min(aqi_min)::integer, min(pressure_min), min(gas_ohm_min),
         max(temperature_max), max(humidity_max), max(aqi_max)::integer, max(pressure_max), max(gas_ohm_max)
  FROM quarters_between($1, $2, $3) q GROUP BY 1 ORDER BY 1)sql"};

constexpr Statement kRollUp{"roll_up", "SELECT platform.roll_up()"};

constexpr std::array kStatements = {kReadings, kMinutes, kQuarters, kRollUp};

// A float column holds 24.5 as 24.5000000…; two decimals are more than the sensor knows.
std::optional<double> measure(const Row& row, int column) {
  const auto value = row.get<std::optional<double>>(column);
  if (!value) return std::nullopt;
  return std::round(*value * 100) / 100;
}

HistoryValues values_of(const Row& row, int first) {
  return {.temperature = measure(row, first),
          .humidity = measure(row, first + 1),
          .aqi = row.get<std::optional<int>>(first + 2),
          .pressure = measure(row, first + 3),
          .gas_ohm = measure(row, first + 4)};
}

std::vector<HistoryPoint> points_of(const Rows& rows, bool with_extremes) {
  std::vector<HistoryPoint> points;
  points.reserve(static_cast<std::size_t>(rows.size()));
  for (const Row row : rows) {
    const HistoryValues mean = values_of(row, kMean);
    HistoryPoint point{.timestamp = row.get<Timestamp>(kAt),
                       .temperature = mean.temperature,
                       .humidity = mean.humidity,
                       .aqi = mean.aqi,
                       .pressure = mean.pressure,
                       .gas_ohm = mean.gas_ohm,
                       .n = row.get<std::int64_t>(kN)};
    if (with_extremes) {
      point.min = values_of(row, kMin);
      point.max = values_of(row, kMax);
    }
    points.push_back(point);
  }
  return points;
}

}  // namespace

std::span<const Statement> history_statements() { return kStatements; }

Awaitable<std::vector<HistoryPoint>> HistoryRepository::readings(WorkshopId workshop, PitId pit, RawCursor cursor,
                                                                 Timestamp to, int limit) {
  const Rows rows = co_await database_.here().read(workshop, kReadings, pit, cursor.at, to, limit, cursor.skip);
  co_return points_of(rows, false);
}

Awaitable<std::vector<HistoryPoint>> HistoryRepository::buckets(WorkshopId workshop, PitId pit, Timestamp from,
                                                                Timestamp to, HistoryPlan plan) {
  const auto bucket_s = static_cast<double>(plan.bucket.count());
  const Statement& statement = plan.source == Source::minutes ? kMinutes : kQuarters;
  const Rows rows = co_await database_.here().read(workshop, statement, pit, from, to, bucket_s);
  co_return points_of(rows, true);
}

Awaitable<bool> HistoryRepository::roll_up() {
  auto tx = co_await database_.here().begin_platform();
  co_return (co_await tx.query_and_commit(kRollUp))[0].get<std::string>(0) == "more";
}

}  // namespace pitview::telemetry
