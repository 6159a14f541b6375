#include "exports/export_source.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace pitview::exports {
namespace {

constexpr std::size_t kPartBytes = std::size_t{32} * 1024;
constexpr int kJobsPerPage = 200;
constexpr int kReadingsPerPage = 2000;
// Readings are stored by the hour: a page of many hours would be unpacked and sorted as a
// whole for its first rows. At a reading every 10 s these are 1,080.
constexpr std::chrono::hours kWindow{3};

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) {
    if (!all.empty()) all.append("; ");
    all.append(name);
  }
  return all;
}

void add_time(CsvWriter& csv, const std::optional<LocalTime>& time) { csv.ours(time ? to_iso8601(*time) : ""); }

void add_job(CsvWriter& csv, const JobRow& job) {
  csv.number(job.id.value).number(job.pit_number);
  csv.text(job.customer_name).text(job.car_model).text(job.car_plate).text(job.work_type).ours(job.status);
  add_time(csv, job.booked);
  add_time(csv, job.started);
  add_time(csv, job.promised);
  add_time(csv, job.ended);
  csv.number(job.worked_minutes).number(job.held_minutes).number(job.late_minutes);
  csv.text(joined(job.staff)).number(job.stars).text(job.comment.value_or(""));
  csv.end_row();
}

void add_reading(CsvWriter& csv, const ReadingRow& reading) {
  add_time(csv, reading.measured);
  csv.measure(reading.temperature).measure(reading.humidity).measure(reading.dew_point);
  csv.number(reading.aqi).number(reading.accuracy).measure(reading.pressure).measure(reading.gas_ohm);
  csv.ours(reading.device.value_or(""));
  csv.end_row();
}

}  // namespace

void ExportSource::begin(std::initializer_list<std::string_view> columns) {
  csv_.byte_order_mark();
  for (const std::string_view column : columns) csv_.ours(column);
  csv_.end_row();
}

Awaitable<std::string> ExportSource::next() {
  if (!over_ && clock_.now() >= until_) throw std::runtime_error("the export was not read to its end in time");
  while (!over_ && csv_.size() < kPartBytes) over_ = !co_await add_rows(csv_);
  co_return csv_.take();
}

JobsExport::JobsExport(ExportsRepository& repository, const Clock& clock, std::shared_ptr<void> place,
                       WorkshopId workshop, Span span)
    : ExportSource(clock, std::move(place)), repository_(repository), workshop_(workshop), span_(span) {
  begin({"job", "pit", "customer", "car", "plate", "work_type", "status", "booked", "started", "promised", "ended",
         "worked_minutes", "hold_minutes", "late_minutes", "staff", "rating", "comment"});
}

Awaitable<bool> JobsExport::add_rows(CsvWriter& csv) {
  const std::vector<JobRow> jobs = co_await repository_.jobs(workshop_, span_, after_, kJobsPerPage);
  for (const JobRow& job : jobs) add_job(csv, job);
  if (!jobs.empty()) after_ = jobs.back().id;
  co_return jobs.size() == kJobsPerPage;
}

ReadingsExport::ReadingsExport(ExportsRepository& repository, const Clock& clock, std::shared_ptr<void> place,
                               WorkshopId workshop, PitId pit, Span span)
    : ExportSource(clock, std::move(place)),
      repository_(repository),
      workshop_(workshop),
      pit_(pit),
      to_(span.to),
      after_{.measured_at = span.from} {
  begin({"measured_at", "temperature_c", "humidity_percent", "dew_point_c", "voc_index", "accuracy", "pressure_hpa",
         "gas_ohm", "device"});
}

Awaitable<bool> ReadingsExport::add_rows(CsvWriter& csv) {
  const Timestamp window_ends =
      std::min<Timestamp>(to_, std::chrono::floor<std::chrono::hours>(after_.measured_at) + kWindow);
  const ReadingPage page = co_await repository_.readings(workshop_, pit_, after_, window_ends, kReadingsPerPage);
  for (const ReadingRow& reading : page.rows) add_reading(csv, reading);
  const bool is_whole = page.rows.size() < kReadingsPerPage;
  after_ = is_whole ? ReadingKey{.measured_at = window_ends} : page.last;
  co_return after_.measured_at < to_;
}

}  // namespace pitview::exports
