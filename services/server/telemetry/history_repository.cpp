#include "telemetry/history_repository.h"

#include <array>
#include <cmath>
#include <string>

namespace pitview::telemetry {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;

constexpr Statement kReadings{"history_readings", R"sql(
  SELECT measured_at AS at, 1::bigint AS n, temperature, humidity, aqi::integer, pressure, gas_ohm
  FROM readings_between($1, $2, $3)
  ORDER BY measured_at, device_key, boot_id, seq LIMIT $4 OFFSET $5)sql"};

constexpr Statement kMinutes{"history_minutes", R"sql(
  SELECT greatest(date_bin(make_interval(secs => $4), r.measured_at, '2000-01-01 00:00:00+00'), $2) AS at,
         count(*) AS n,
         avg(temperature)::float8 AS temperature, min(temperature) AS temperature_min, max(temperature) AS temperature_max,
         avg(humidity)::float8 AS humidity, min(humidity) AS humidity_min, max(humidity) AS humidity_max,
         round(avg(aqi))::integer AS aqi, min(aqi)::integer AS aqi_min, max(aqi)::integer AS aqi_max,
         avg(pressure)::float8 AS pressure, min(pressure) AS pressure_min, max(pressure) AS pressure_max,
         avg(gas_ohm)::float8 AS gas_ohm, min(gas_ohm) AS gas_ohm_min, max(gas_ohm) AS gas_ohm_max
  FROM readings_between($1, $2, $3) r GROUP BY 1 ORDER BY 1)sql"};

constexpr Statement kQuarters{"history_quarters", R"sql(
  SELECT greatest(date_bin(make_interval(secs => $4), q.at, '2000-01-01 00:00:00+00'), $2) AS at,
         sum(n)::bigint AS n,
         sum(temperature_mean::float8 * temperature_n) / nullif(sum(temperature_n), 0) AS temperature,
         min(temperature_min) AS temperature_min, max(temperature_max) AS temperature_max,
         sum(humidity_mean::float8 * humidity_n) / nullif(sum(humidity_n), 0) AS humidity,
         min(humidity_min) AS humidity_min, max(humidity_max) AS humidity_max,
         round(sum(aqi_mean::float8 * aqi_n) / nullif(sum(aqi_n), 0))::integer AS aqi,
         min(aqi_min)::integer AS aqi_min, max(aqi_max)::integer AS aqi_max,
         sum(pressure_mean::float8 * pressure_n) / nullif(sum(pressure_n), 0) AS pressure,
         min(pressure_min) AS pressure_min, max(pressure_max) AS pressure_max,
         sum(gas_ohm_mean::float8 * gas_ohm_n) / nullif(sum(gas_ohm_n), 0) AS gas_ohm,
         min(gas_ohm_min) AS gas_ohm_min, max(gas_ohm_max) AS gas_ohm_max
  FROM quarters_between($1, $2, $3) q GROUP BY 1 ORDER BY 1)sql"};

constexpr Statement kRollUp{"roll_up", "SELECT platform.roll_up()"};

constexpr std::array kStatements = {kReadings, kMinutes, kQuarters, kRollUp};

// A float column holds 24.5 as 24.5000000…; two decimals are more than the sensor knows.
std::optional<double> measure(const Row& row, const std::string& column) {
  const auto value = row.get<std::optional<double>>(column);
  if (!value) return std::nullopt;
  return std::round(*value * 100) / 100;
}

Extremes extremes_of(const Row& row, const std::string& which) {
  return {.temperature = measure(row, "temperature" + which),
          .humidity = measure(row, "humidity" + which),
          .aqi = row.get<std::optional<int>>("aqi" + which),
          .pressure = measure(row, "pressure" + which),
          .gas_ohm = measure(row, "gas_ohm" + which)};
}

std::vector<HistoryPoint> points_of(const Rows& rows, bool with_extremes) {
  std::vector<HistoryPoint> points;
  points.reserve(static_cast<std::size_t>(rows.size()));
  for (const Row row : rows) {
    HistoryPoint point{.timestamp = row.get<Timestamp>("at"),
                       .temperature = measure(row, "temperature"),
                       .humidity = measure(row, "humidity"),
                       .aqi = row.get<std::optional<int>>("aqi"),
                       .pressure = measure(row, "pressure"),
                       .gas_ohm = measure(row, "gas_ohm"),
                       .n = row.get<std::int64_t>("n")};
    if (with_extremes) {
      point.min = extremes_of(row, "_min");
      point.max = extremes_of(row, "_max");
    }
    points.push_back(std::move(point));
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
