#include "exports/exports_repository.h"

#include <array>
#include <string>
#include <utility>

namespace pitview::exports {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;

// Seconds that the clocks of the workshop `w` are ahead of UTC at a time; summer time is PostgreSQL's to know.
#define OFFSET_OF(time) \
  "date_part('epoch', (" time " AT TIME ZONE w.timezone) - (" time " AT TIME ZONE 'UTC'))::integer"

constexpr Statement kDays{"export_days", R"sql(
  SELECT to_char($1::timestamptz AT TIME ZONE w.timezone, 'YYYY-MM-DD') AS first,
         to_char(($2::timestamptz - interval '1 microsecond') AT TIME ZONE w.timezone, 'YYYY-MM-DD') AS last
  FROM workshops w WHERE w.id = current_workshop())sql"};

constexpr Statement kPitNumber{"export_pit_number", "SELECT pit_number FROM pits WHERE id = $1"};

constexpr Statement kJobs{"export_jobs", R"sql(
  SELECT j.id, p.pit_number, j.customer_name, j.car_model, j.car_plate, j.work_type, j.status,
         j.created_at AS booked, )sql" OFFSET_OF("j.created_at") R"sql( AS booked_offset,
         j.actual_start_time AS started, )sql" OFFSET_OF("j.actual_start_time") R"sql( AS started_offset,
         j.estimated_end_time AS promised, )sql" OFFSET_OF("j.estimated_end_time") R"sql( AS promised_offset,
         j.actual_end_time AS ended, )sql" OFFSET_OF("j.actual_end_time") R"sql( AS ended_offset,
         round(greatest(0, date_part('epoch', j.actual_end_time - j.actual_start_time) - h.seconds) / 60)::integer
           AS worked_minutes,
         CASE WHEN j.actual_start_time IS NOT NULL THEN round(h.seconds / 60.0)::integer END AS held_minutes,
         CASE WHEN j.status = 'completed' AND j.estimated_end_time IS NOT NULL
              THEN round(greatest(0, date_part('epoch', j.actual_end_time - j.estimated_end_time)) / 60)::integer END
           AS late_minutes,
         s.names AS staff, r.stars, r.comment
  FROM (SELECT * FROM jobs
        WHERE (status NOT IN ('completed', 'cancelled') OR coalesce(actual_end_time, updated_at) >= $1)
          AND created_at < $2 AND id > $3
        ORDER BY id LIMIT $4) j
  JOIN workshops w ON w.id = j.workshop_id
  JOIN pits p ON p.id = j.pit_id
  LEFT JOIN ratings r ON r.workshop_id = j.workshop_id AND r.job_id = j.id
  CROSS JOIN LATERAL (SELECT coalesce(sum(held_seconds), 0) AS seconds FROM job_stages
                      WHERE workshop_id = j.workshop_id AND job_id = j.id) h
  CROSS JOIN LATERAL (SELECT coalesce(array_agg(u.display_name ORDER BY u.display_name, u.id), '{}') AS names
                      FROM job_staff a JOIN users u ON u.id = a.user_id
                      WHERE a.workshop_id = j.workshop_id AND a.job_id = j.id) s
  ORDER BY j.id)sql"};

constexpr Statement kReadings{"export_readings", R"sql(
  SELECT r.measured_at, )sql" OFFSET_OF("r.measured_at") R"sql( AS measured_at_offset, d.device_id,
         r.temperature, r.humidity, dew_point(r.temperature, r.humidity) AS dew_point, r.aqi, r.iaq_accuracy,
         r.pressure, r.gas_ohm, r.device_key, r.boot_id, r.seq
  FROM (SELECT * FROM readings_between($1, $2, $3)
        WHERE (measured_at, device_key, boot_id, seq) > ($2, $4, $5, $6)
        ORDER BY measured_at, device_key, boot_id, seq LIMIT $7) r
  JOIN workshops w ON w.id = r.workshop_id
  LEFT JOIN devices d ON d.id = r.device_key
  ORDER BY r.measured_at, r.device_key, r.boot_id, r.seq)sql"};

#undef OFFSET_OF

constexpr std::array kStatements = {kDays, kPitNumber, kJobs, kReadings};

LocalTime time_of(const Row& row, const std::string& column) {
  return {row.get<Timestamp>(column), std::chrono::seconds(row.get<int>(column + "_offset"))};
}

std::optional<LocalTime> time_if_any(const Row& row, const std::string& column) {
  if (!row.get<std::optional<Timestamp>>(column)) return std::nullopt;
  return time_of(row, column);
}

JobRow job_of(const Row& row) {
  return {.id = row.get<JobId>("id"),
          .pit_number = row.get<int>("pit_number"),
          .customer_name = row.get<std::string>("customer_name"),
          .car_model = row.get<std::string>("car_model"),
          .car_plate = row.get<std::string>("car_plate"),
          .work_type = row.get<std::string>("work_type"),
          .status = row.get<std::string>("status"),
          .booked = time_of(row, "booked"),
          .started = time_if_any(row, "started"),
          .promised = time_if_any(row, "promised"),
          .ended = time_if_any(row, "ended"),
          .worked_minutes = row.get<std::optional<int>>("worked_minutes"),
          .held_minutes = row.get<std::optional<int>>("held_minutes"),
          .late_minutes = row.get<std::optional<int>>("late_minutes"),
          .staff = row.get<std::vector<std::string>>("staff"),
          .stars = row.get<std::optional<int>>("stars"),
          .comment = row.get<std::optional<std::string>>("comment")};
}

ReadingRow reading_of(const Row& row) {
  return {.measured = time_of(row, "measured_at"),
          .device = row.get<std::optional<std::string>>("device_id"),
          .temperature = row.get<std::optional<double>>("temperature"),
          .humidity = row.get<std::optional<double>>("humidity"),
          .dew_point = row.get<std::optional<double>>("dew_point"),
          .aqi = row.get<std::optional<int>>("aqi"),
          .accuracy = row.get<std::optional<int>>("iaq_accuracy"),
          .pressure = row.get<std::optional<double>>("pressure"),
          .gas_ohm = row.get<std::optional<double>>("gas_ohm")};
}

}  // namespace

std::span<const Statement> export_statements() { return kStatements; }

Awaitable<SpanDays> ExportsRepository::days_of(WorkshopId workshop, Span span) {
  const Row row = (co_await database_.here().read(workshop, kDays, span.from, span.to))[0];
  co_return SpanDays{row.get<std::string>("first"), row.get<std::string>("last")};
}

Awaitable<std::optional<int>> ExportsRepository::number_of(WorkshopId workshop, PitId pit) {
  const Rows rows = co_await database_.here().read(workshop, kPitNumber, pit);
  if (rows.empty()) co_return std::nullopt;
  co_return rows[0].get<int>(0);
}

Awaitable<std::vector<JobRow>> ExportsRepository::jobs(WorkshopId workshop, Span span, JobId after, int limit) {
  const Rows rows = co_await database_.here().read(workshop, kJobs, span.from, span.to, after, limit);
  std::vector<JobRow> jobs;
  jobs.reserve(static_cast<std::size_t>(rows.size()));
  for (const Row row : rows) jobs.push_back(job_of(row));
  co_return jobs;
}

Awaitable<ReadingPage> ExportsRepository::readings(WorkshopId workshop, PitId pit, ReadingKey after, Timestamp to,
                                                   int limit) {
  const Rows rows = co_await database_.here().read(workshop, kReadings, pit, after.measured_at, to, after.device,
                                                   after.boot_id, after.seq, limit);
  ReadingPage page;
  page.rows.reserve(static_cast<std::size_t>(rows.size()));
  for (const Row row : rows) {
    page.rows.push_back(reading_of(row));
    page.last = {row.get<Timestamp>("measured_at"), row.get<DeviceKey>("device_key"), row.get<int>("boot_id"),
                 row.get<int>("seq")};
  }
  co_return page;
}

Awaitable<> ExportsRepository::record(WorkshopId workshop, audit::Actor actor, audit::Entry entry) {
  auto tx = co_await database_.here().begin(workshop);
  co_await audit::record(tx, workshop, std::move(actor), std::move(entry));
  co_await tx.commit();
}

}  // namespace pitview::exports
