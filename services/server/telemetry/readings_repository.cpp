#include "telemetry/readings_repository.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "pitview/base/log.h"
#include "pitview/db/readings.h"
#include "telemetry/licence_row.h"

namespace pitview::telemetry {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using postgres::Statement;

constexpr Statement kDirectory{"device_directory", R"sql(
  SELECT device_key, device_id, license_hash, device_status, workshop_id, workshop_code, workshop_status, pit_id,
         pit_number, assigned_at, subscription_status, subscription_since, subscription_expires_at, state_licence,
         workshop_since, job_since
  FROM platform.device_directory())sql"};

constexpr Statement kEnsurePartitions{"ensure_partitions", "SELECT platform.ensure_partitions(3)"};

constexpr Statement kPruneSetAside{"prune_readings_set_aside", "SELECT platform.prune_readings_set_aside()"};

// The readings of a pit lie scattered over the pages of its day: ask the disk for many at once.
constexpr Statement kPack{"pack_readings", R"sql(
  SELECT platform.pack_readings($1) FROM (SELECT set_config('effective_io_concurrency', '64', true)) ahead)sql"};

constexpr int kLeastPackRows = 5'000;
constexpr std::string_view kStatementTimeout = "57014";

// Of the last day: these are never packed, and what is older is no newer.
constexpr Statement kNewest{"newest_reading", R"sql(
  SELECT pit_id, temperature, humidity, aqi::integer, pressure, iaq_accuracy::integer, measured_at
  FROM sensor_data WHERE pit_id = $1 AND measured_at > now() - interval '1 day'
  ORDER BY measured_at DESC LIMIT 1)sql"};

constexpr Statement kNewestOfWorkshop{"newest_readings", R"sql(
  SELECT p.id AS pit_id, r.* FROM pits p LEFT JOIN LATERAL (
    SELECT temperature, humidity, aqi::integer, pressure, iaq_accuracy::integer, measured_at
    FROM sensor_data s WHERE s.pit_id = p.id AND measured_at > now() - interval '1 day'
    ORDER BY measured_at DESC LIMIT 1) r ON true)sql"};

// The functions see open and packed readings as one (db/migrations/0013_packed_hours.sql).
constexpr Statement kLatestOfSilent{"latest_readings_of_silent", R"sql(
  SELECT r.pit_id, r.temperature, r.humidity, r.aqi::integer, r.pressure, r.iaq_accuracy::integer, r.measured_at
  FROM unnest($1::bigint[]) p (id), latest_reading(p.id) r)sql"};

constexpr std::array kStatements = {db::kPrepareReadingsStaging,
                                    db::kCommitReadings,
                                    db::kSetAsideReading,
                                    kDirectory,
                                    kEnsurePartitions,
                                    kPruneSetAside,
                                    kPack,
                                    kNewest,
                                    kNewestOfWorkshop,
                                    kLatestOfSilent};

// A float column holds 24.5 as 24.5000000…; two decimals are more than the sensor knows.
std::optional<double> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return std::round(*value * 100) / 100;
}

std::optional<double> measure(const Row& row, std::string_view column) {
  return rounded(row.get<std::optional<double>>(column));
}

Reading reading_of(const Row& row) {
  return {.pit_id = row.get<PitId>("pit_id"),
          .temperature = measure(row, "temperature"),
          .humidity = measure(row, "humidity"),
          .aqi = row.get<std::optional<int>>("aqi"),
          .pressure = measure(row, "pressure"),
          .iaq_accuracy = row.get<std::optional<int>>("iaq_accuracy"),
          .timestamp = row.get<Timestamp>("measured_at")};
}

Device device_of(const Row& row) {
  return {.key = row.get<DeviceKey>("device_key"),
          .device_id = row.get<std::string>("device_id"),
          .license_hash = row.get<Bytes>("license_hash").data,
          .workshop = row.get<WorkshopId>("workshop_id"),
          .workshop_code = row.get<std::string>("workshop_code"),
          .pit = row.get<std::optional<PitId>>("pit_id"),
          .pit_number = row.get<std::optional<int>>("pit_number").value_or(0),
          .assigned_at = row.get<std::optional<Timestamp>>("assigned_at").value_or(Timestamp{}),
          .licence = licence_state_of(row),
          .told_licence = row.get<std::string>("state_licence")};
}

}  // namespace

std::span<const Statement> reading_statements() { return kStatements; }

Awaitable<CommitCounts> ReadingsRepository::commit(std::span<const NewReading> readings) {
  postgres::BinaryCopy rows(db::kReadingColumns);
  for (const NewReading& r : readings)
    rows.row()
        .int8(r.device.value)
        .timestamptz(r.measured_at)
        .timestamptz(r.received_at)
        .int4(r.boot_id)
        .int4(r.seq)
        .float4(r.temperature)
        .float4(r.humidity)
        .float4(r.pressure)
        .int2(r.aqi)
        .int2(r.iaq_accuracy)
        .float4(r.gas_ohm)
        .boolean(r.replayed);
  auto tx = co_await database_.here().begin_platform(db::kPrepareReadingsStaging);
  co_await tx.copy_in(db::kCopyReadings, rows);
  const Row counts = (co_await tx.query_and_commit(db::kCommitReadings))[0];
  co_return CommitCounts{.inserted = counts.get<std::int64_t>("inserted"),
                         .duplicates = counts.get<std::int64_t>("duplicates"),
                         .no_assignment = counts.get<std::int64_t>("no_assignment"),
                         .too_old = counts.get<std::int64_t>("too_old"),
                         .in_future = counts.get<std::int64_t>("in_future")};
}

Awaitable<> ReadingsRepository::set_aside(const NewReading& reading, std::string_view refusal) {
  const NewReading& r = reading;
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query(db::kSetAsideReading, r.device, r.measured_at, r.received_at, r.boot_id, r.seq, r.temperature,
                    r.humidity, r.pressure, r.aqi, r.iaq_accuracy, r.gas_ohm, r.replayed, refusal);
  co_await tx.commit();
}

Awaitable<std::vector<Device>> ReadingsRepository::device_directory() {
  std::vector<Device> devices;
  const Rows rows = co_await database_.here().read_platform(kDirectory);
  for (const Row row : rows) devices.push_back(device_of(row));
  co_return devices;
}

Awaitable<> ReadingsRepository::ensure_partitions() {
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query(kEnsurePartitions);
  co_await tx.commit();
}

Awaitable<bool> ReadingsRepository::keep_house() {
  co_await ensure_partitions();
  auto prune = co_await database_.here().begin_platform();
  co_await prune.query_and_commit(kPruneSetAside);
  try {
    auto pack = co_await database_.here().begin_platform();
    co_return (co_await pack.query_and_commit(kPack, pack_rows_.load()))[0].get<std::string>(0) == "more";
  } catch (const postgres::QueryFailed& e) {
    if (e.sqlstate() != kStatementTimeout || pack_rows_ <= kLeastPackRows) throw;
  }
  pack_rows_ = std::max(pack_rows_ / 4, kLeastPackRows);
  log::warning("packing_in_smaller_steps", {{"readings", pack_rows_.load()}});
  co_return true;
}

Awaitable<std::optional<Reading>> ReadingsRepository::latest(WorkshopId workshop, PitId pit) {
  auto row = (co_await database_.here().read(workshop, kNewest, pit)).first();
  if (!row) row = (co_await database_.here().read(workshop, kLatestOfSilent, std::vector<PitId>(1, pit))).first();
  if (!row) co_return std::nullopt;
  co_return reading_of(*row);
}

Awaitable<std::vector<Reading>> ReadingsRepository::latest_of_workshop(WorkshopId workshop) {
  std::vector<Reading> readings;
  std::vector<PitId> silent;
  const Rows rows = co_await database_.here().read(workshop, kNewestOfWorkshop);
  for (const Row row : rows) {
    if (row.get<std::optional<Timestamp>>("measured_at")) {
      readings.push_back(reading_of(row));
    } else {
      silent.push_back(row.get<PitId>("pit_id"));
    }
  }
  if (silent.empty()) co_return readings;
  const Rows older = co_await database_.here().read(workshop, kLatestOfSilent, silent);
  for (const Row row : older) readings.push_back(reading_of(row));
  co_return readings;
}

}  // namespace pitview::telemetry
