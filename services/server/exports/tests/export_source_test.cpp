// Exports page by page. Real PostgreSQL.
#include "exports/export_source.h"

#include <gmock/gmock.h>

#include <set>

#include "exports/export_places.h"
#include "pitview/db/testing/migrated_database.h"

namespace pitview::exports {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Exports : public ::testing::Test {
 protected:
  Exports() { database_.assign(workshop_, device_, pit_); }

  std::string next(ExportSource& source) {
    std::optional<std::string> part;
    std::exception_ptr failed;
    asio::co_spawn(io(), source.next(), [&](std::exception_ptr failure, std::string value) {
      failed = failure;
      if (!failure) part = std::move(value);
    });
    io().restart();
    while (!part && !failed) io().run_one_for(seconds(30));
    if (failed) std::rethrow_exception(failed);
    return std::move(*part);
  }
  // The lines, without the heading; `parts_` of them came.
  std::vector<std::string> lines_of(ExportSource& source) {
    std::vector<std::string> lines;
    std::string all;
    parts_.clear();
    for (std::string part = next(source); !part.empty(); part = next(source)) {
      parts_.push_back(part.size());
      all += part;
    }
    for (std::size_t at = 0, end = 0; (end = all.find("\r\n", at)) != std::string::npos; at = end + 2)
      lines.push_back(all.substr(at, end - at));
    lines.erase(lines.begin());
    return lines;
  }

  std::vector<std::string> jobs(Span span) {
    JobsExport source(exports_, clock_, nullptr, workshop_, span);
    return lines_of(source);
  }
  std::vector<std::string> readings(PitId pit, Span span) {
    ReadingsExport source(exports_, clock_, nullptr, workshop_, pit, span);
    return lines_of(source);
  }
  void run(const std::string& sql) { database_.db().run_script(sql); }
  std::string sql(Timestamp at) { return "'" + pitview::to_iso8601(at) + "'::timestamptz"; }

  // Every `period` from `from` on; seq counts.
  void store(Timestamp from, seconds period, int count, int seq = 0) {
    run("SELECT platform.ensure_partition(d::date) FROM (SELECT DISTINCT ((" + sql(from) + " + n * interval '" +
        std::to_string(period.count()) + " s') AT TIME ZONE 'UTC') AS d FROM generate_series(0, " +
        std::to_string(count - 1) + ") n) days");
    run("INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, seq, temperature, "
        "humidity, aqi, iaq_accuracy) SELECT " +
        std::to_string(workshop_.value) + ", " + std::to_string(pit_.value) + ", " + std::to_string(device_.value) +
        ", " + sql(from) + " + n * interval '" + std::to_string(period.count()) + " s', now(), " + std::to_string(seq) +
        " + n, -5.25, 50, 42, 3 FROM generate_series(0, " + std::to_string(count - 1) + ") n");
  }

  asio::io_context& io() { return runtime_.context(0); }

  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  UserId customer_ = database_.add_user(workshop_, "somebody", "customer");
  Timestamp today_ = std::chrono::floor<std::chrono::days>(SystemClock().now());
  ManualClock clock_{today_};
  Runtime runtime_{1};
  app::Database pools_{runtime_, {.conninfo = database_.app(), .size = 1}};
  ExportsRepository exports_{pools_};
  std::vector<std::size_t> parts_;
};

TEST_F(Exports, AJobHasItsTimesOnTheWorkshopsClockAndItsMinutes) {
  const JobId job = database_.add_job(workshop_, pit_, customer_);
  run("UPDATE jobs SET customer_name = 'अमित, \"A\"', car_model = '=1+1', car_plate = 'DL 1', work_type = 'PPF', "
      "status = 'completed', created_at = '2026-03-01T20:00:00Z', actual_start_time = '2026-03-02T04:00:00Z', "
      "estimated_end_time = '2026-03-02T06:00:00Z', actual_end_time = '2026-03-02T06:29:40Z' WHERE id = " +
      std::to_string(job.value));
  run("INSERT INTO job_stages (workshop_id, job_id, position, name, weight, held_seconds) VALUES (" +
      std::to_string(workshop_.value) + ", " + std::to_string(job.value) + ", 1, 'a', 1, 600), (" +
      std::to_string(workshop_.value) + ", " + std::to_string(job.value) + ", 2, 'b', 1, 60)");
  run("INSERT INTO ratings (workshop_id, job_id, customer_id, stars, comment, created_at, updated_at) VALUES (" +
      std::to_string(workshop_.value) + ", " + std::to_string(job.value) + ", " + std::to_string(customer_.value) +
      ", 4, E'-good\\nwork', now(), now())");
  const Span span{today_ - hours(24 * 36'500), today_ + hours(24 * 36'500)};
  EXPECT_THAT(jobs(span),
              testing::ElementsAre(std::to_string(job.value) +
                                   ",1,\"अमित, \"\"A\"\"\",'=1+1,DL 1,PPF,completed,2026-03-02T01:30:00.000+05:30,"
                                   "2026-03-02T09:30:00.000+05:30,2026-03-02T11:30:00.000+05:30,"
                                   "2026-03-02T11:59:40.000+05:30,139,11,30,,4,\"'-good\nwork\""));
}

TEST_F(Exports, JobsAreThoseThatWereThereInTheSpanEachOnceAcrossPages) {
  run("INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type, status, "
      "estimated_duration_minutes, actual_start_time, actual_end_time, created_at) SELECT " +
      std::to_string(workshop_.value) + ", " + std::to_string(pit_.value) + ", " + std::to_string(customer_.value) +
      ", 'n' || n, 'c', 'p', 'w', 'completed', 60, " + sql(today_) + " - n * interval '1 hour', " + sql(today_) +
      " - n * interval '1 hour', " + sql(today_) + " - n * interval '1 hour' FROM generate_series(1, 1000) n");
  const auto all = jobs({today_ - hours(1000), today_});
  EXPECT_EQ(all.size(), 1000U);
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), 1000U);
  EXPECT_GT(parts_.size(), 2U) << "made part by part";
  for (const std::size_t part : parts_) EXPECT_LT(part, 100'000U);
  EXPECT_EQ(jobs({today_ - hours(400), today_ - hours(200)}).size(), 200U);
  EXPECT_EQ(jobs({today_ - hours(200), today_}).size(), 200U) << "a page that is just full is followed by none";
  EXPECT_EQ(jobs({today_ + hours(1), today_ + hours(2)}).size(), 0U);
}

TEST_F(Exports, ReadingsAreEachOnceOpenAndPackedWhateverTheyHaveInCommon) {
  const Timestamp from = today_ - hours(24 * 3) + minutes(50);
  store(from, seconds(10), 3000);
  // 5,000 in one moment: more than a page.
  store(from + hours(5), seconds(0), 5000, 100'000);
  const Span span{from, from + hours(24)};
  for (const bool packed : {false, true}) {
    if (packed)
      for (std::string more = "more"; more != "nothing";)
        more = database_.db().query("SELECT platform.pack_readings()")[0].get<std::string>(0);
    const auto lines = readings(pit_, span);
    EXPECT_EQ(lines.size(), 8000U);
    EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
    EXPECT_EQ(lines.front(), to_iso8601(LocalTime{from, minutes(330)}) + ",-5.25,50,-14.07,42,3,,,ESP32-000000000001");
    for (const std::size_t part : parts_) EXPECT_LT(part, 300'000U);
  }
  EXPECT_EQ(readings(pit_, {from + seconds(10), from + seconds(30)}).size(), 2U) << "its end is not in it";
  EXPECT_EQ(readings(database_.add_pit(workshop_, 2), {today_ - hours(24 * 31), today_}).size(), 0U);
}

TEST_F(Exports, NobodysRowsButTheWorkshopsOwn) {
  const WorkshopId other = database_.add_workshop("workshop_002");
  database_.add_job(other, database_.add_pit(other, 1), database_.add_user(other, "else", "customer"));
  store(today_ - hours(1), seconds(10), 10);
  const Span span{today_ - hours(24), today_ + hours(24 * 365)};
  EXPECT_EQ(jobs(span).size(), 0U);
  ReadingsExport theirs(exports_, clock_, nullptr, other, pit_, span);
  EXPECT_EQ(lines_of(theirs).size(), 0U);
}

TEST_F(Exports, HoldsNoConnectionBetweenItsParts) {
  store(today_ - hours(24), seconds(10), 3000);
  const Span span{today_ - hours(24), today_};
  ReadingsExport one(exports_, clock_, nullptr, workshop_, pit_, span);
  ReadingsExport two(exports_, clock_, nullptr, workshop_, pit_, span);
  // The pool has a single connection.
  EXPECT_FALSE(next(one).empty());
  EXPECT_FALSE(next(two).empty());
  EXPECT_FALSE(next(one).empty());
}

TEST_F(Exports, OneThatIsReadTooSlowlyEndsAndGivesItsPlaceBack) {
  store(today_ - hours(24), seconds(10), 3000);
  ExportPlaces places(1);
  auto source = std::make_unique<ReadingsExport>(exports_, clock_, places.take(workshop_), workshop_, pit_,
                                                 Span{today_ - hours(24), today_});
  EXPECT_FALSE(places.take(workshop_));
  clock_.advance(kLongestExport - seconds(1));
  EXPECT_FALSE(next(*source).empty());
  clock_.advance(seconds(1));
  EXPECT_THROW(next(*source), std::runtime_error);
  source.reset();
  EXPECT_TRUE(places.take(workshop_));
}

}  // namespace
}  // namespace pitview::exports
