#include "archive/readings_archive.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <array>
#include <stdexcept>

#include "pitview/base/log.h"

namespace pitview::archive {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using postgres::Statement;

constexpr std::string_view kHeading =
    "pit_id,device_key,measured_at,received_at,boot_id,seq,temperature,humidity,pressure,gas_ohm,aqi,iaq_accuracy,"
    "replayed\n";

constexpr Statement kNext{"next_archive", R"sql(
  SELECT workshop_id, workshop_code, day::text AS day, part FROM platform.next_archive($1))sql"};

constexpr Statement kLock{"archive_lock", "SELECT pg_try_advisory_xact_lock(hashtext('platform.archive'))"};

constexpr Statement kPits{"archive_pits", R"sql(
  SELECT DISTINCT h.pit_id FROM pits p JOIN sensor_hours h ON h.pit_id = p.id
   AND h.hour >= $1::text::timestamp AT TIME ZONE 'UTC'
   AND h.hour < ($1::text::timestamp + interval '1 day') AT TIME ZONE 'UTC'
  ORDER BY 1)sql"};

// Nothing in it ever needs quotes. A float's text is the shortest that reads back as the same bits.
constexpr Statement kLines{"archive_lines", R"sql(
  SELECT coalesce(string_agg(concat(pit_id, ',', device_key, ',',
           to_char(measured_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ',',
           to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ',', boot_id, ',', seq, ',',
           temperature, ',', humidity, ',', pressure, ',', gas_ohm, ',', aqi, ',', iaq_accuracy, ',', replayed, E'\n'),
         '' ORDER BY measured_at, device_key, boot_id, seq), '') AS lines
  FROM (SELECT $2::text::timestamp AT TIME ZONE 'UTC' + $3::integer * interval '1 hour' AS since) t,
       readings_between($1, t.since, t.since + interval '1 hour'))sql"};

constexpr Statement kDrop{"drop_archived", R"sql(
  SELECT 1 FROM platform.drop_archived($1::text::date, $2, $3, $4, $5, $6))sql"};

constexpr std::array kStatements = {kNext, kLock, kPits, kLines, kDrop};

constexpr int kHoursOfDay = 24;

template <class T>
T taken(std::optional<T> result) {
  if (!result) throw std::runtime_error("the thread that writes is too busy");
  return std::move(*result);
}

}  // namespace

std::span<const Statement> archive_statements() { return kStatements; }

ReadingsArchive::Metrics::Metrics(prometheus::Registry& registry) {
  const auto counter = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  files = counter("pitview_archive_files_total", "Files written to cold storage");
  readings = counter("pitview_archive_readings_total", "Readings that went to cold storage and left the database");
  bytes = counter("pitview_archive_bytes_total", "Bytes of these files");
  failures = counter("pitview_archive_failures_total", "Days that could not be archived and stay in the database");
}

ReadingsArchive::ReadingsArchive(app::Database& database, ArchiveOptions options, prometheus::Registry& registry)
    : database_(database), options_(std::move(options)), metrics_(registry) {}

Awaitable<bool> ReadingsArchive::step() {
  if (options_.folder.empty()) co_return false;
  const auto day = day_of(co_await database_.here().read_platform(kNext, retention_days()));
  if (!day) co_return false;
  std::string failure;
  try {
    co_return co_await archive(*day);
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    failure = e.what();
  } catch (const std::exception& e) {
    failure = e.what();
  }
  metrics_.failures->Increment();
  log::error("readings_not_archived", {{"workshop_id", day->workshop}, {"day", day->day}, {"reason", failure}});
  co_return false;
}

std::optional<ReadingsArchive::Day> ReadingsArchive::day_of(const Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return Day{.workshop = row->get<WorkshopId>("workshop_id"),
             .workshop_code = row->get<std::string>("workshop_code"),
             .day = row->get<std::string>("day"),
             .part = row->get<int>("part")};
}

Awaitable<bool> ReadingsArchive::archive(Day day) {
  auto tx = co_await database_.here().begin(day.workshop);
  if (!(co_await tx.query(kLock))[0].get<bool>(0)) co_return false;               // another server does it
  if (day_of(co_await tx.query(kNext, retention_days())) != day) co_return true;  // it has just been done
  const std::string part = day.part == 1 ? "" : "." + std::to_string(day.part);
  const std::filesystem::path name =
      std::filesystem::path(day.workshop_code) / ("readings-" + day.day + part + ".csv.gz");
  const Written written = co_await write(tx, day, options_.folder / name);
  co_await tx.query_and_commit(kDrop, day.day, day.part, name.string(), written.lines, written.bytes,
                               Bytes(written.sha256));
  metrics_.files->Increment();
  metrics_.readings->Increment(static_cast<double>(written.lines));
  metrics_.bytes->Increment(static_cast<double>(written.bytes));
  log::info("readings_archived",
            {{"workshop_id", day.workshop}, {"day", day.day}, {"readings", written.lines}, {"bytes", written.bytes}});
  co_return true;
}

// Hour by hour, so that a day of many devices is never in memory at once.
Awaitable<Written> ReadingsArchive::write(postgres::Transaction& tx, Day day, std::filesystem::path file) {
  const Rows pits = co_await tx.query(kPits, day.day);
  const auto out = taken(co_await disk_.run<std::shared_ptr<ArchiveFile>>(
      [file] { return std::make_shared<ArchiveFile>(file, kHeading); }));
  for (const Row pit : pits) {
    for (int hour = 0; hour < kHoursOfDay; ++hour) {
      const Rows rows = co_await tx.query(kLines, pit.get<PitId>(0), day.day, hour);
      taken(co_await disk_.run<bool>([out, lines = rows[0].get<std::string>("lines")] {
        out->write(lines);
        return true;
      }));
    }
  }
  co_return taken(co_await disk_.run<Written>([out] { return out->finish(); }));
}

}  // namespace pitview::archive
