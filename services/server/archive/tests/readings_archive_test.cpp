// Old readings leave the database for a file, and nothing is lost on the way. Real
// PostgreSQL, real files.
#include "archive/readings_archive.h"

#include <gmock/gmock.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "archive/tests/full_disk.h"
#include "pitview/db/testing/migrated_database.h"

namespace pitview::archive {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

class Archive : public ::testing::Test {
 protected:
  Archive() { fs::remove_all(folder_); }
  ~Archive() override { fs::remove_all(folder_); }

  // Readings of that day, with everything that can be odd about one, packed and rolled up.
  void fill(int days_ago, WorkshopId workshop, PitId pit, int n = 300) {
    database_.db().query("SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - $1::integer)", days_ago);
    database_.db().query(
        "INSERT INTO sensor_data SELECT $1, $2, 7, m, m + (n % 5 - 2) * interval '17:30:00.123457', n / 100, "
        "$4::integer"
        " + n, CASE WHEN n % 11 <> 0 THEN (20 + sin(n) * 15)::real END, CASE WHEN n % 5 <> 0 THEN '-0'::real END,"
        " CASE WHEN n % 7 <> 0 THEN 1013.25 + n % 80 / 7.0 END, CASE WHEN n % 3 = 0 THEN 1e9 - n END,"
        " CASE WHEN n % 13 <> 0 THEN n % 501 END, CASE WHEN n % 2 = 0 THEN n % 4 END, n % 50 = 0"
        " FROM generate_series(1, $5::integer) n, LATERAL (SELECT date_trunc('day', now(), 'UTC') - $3::integer *"
        " interval '1 day' + n * interval '280.000001 seconds' AS m) t",
        workshop, pit, days_ago, seq_, n);
    seq_ += n;
    database_.db().query(
        "INSERT INTO rollups_due SELECT DISTINCT workshop_id, pit_id, date_bin('1 hour', measured_at,"
        " '2000-01-01 00:00:00+00') FROM sensor_data");
    finish("SELECT platform.pack_readings()");
    finish("SELECT platform.roll_up()");
  }
  void finish(const char* step) {
    while (database_.db().query(step)[0].get<std::string>(0) != "nothing") continue;
  }

  bool step(ReadingsArchive& archive) {
    std::optional<bool> more;
    asio::co_spawn(io(), archive.step(), [&](std::exception_ptr, bool result) { more = result; });
    io().restart();
    while (!more) io().run_one_for(seconds(30));
    return *more;
  }
  int steps(ReadingsArchive& archive) {
    int done = 0;
    while (step(archive)) ++done;
    return done;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> all;
    if (!fs::exists(folder_)) return all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_))
      if (entry.is_regular_file()) all.push_back(fs::relative(entry.path(), folder_).string());
    std::sort(all.begin(), all.end());
    return all;
  }

  std::string name(int days_ago, const char* workshop = "workshop_001", const char* end = ".csv.gz") {
    const auto day = database_.db()
                         .query("SELECT ((now() AT TIME ZONE 'UTC')::date - $1::integer)::text", days_ago)[0]
                         .get<std::string>(0);
    return std::string(workshop) + "/readings-" + day + end;
  }

  std::int64_t count(std::string_view sql) { return database_.db().query(sql)[0].get<std::int64_t>(0); }

  double failures() {
    double all = 0;
    for (const auto& family : registry_.Collect())
      if (family.name == "pitview_archive_failures_total") all += family.metric.at(0).counter.value;
    return all;
  }

  asio::io_context& io() { return runtime_.context(0); }

  const fs::path folder_ = fs::path(::testing::TempDir()) / ("archives-" + std::to_string(::getpid()));
  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  int seq_ = 0;
  Runtime runtime_{1};
  app::Database pools_{runtime_, {.conninfo = database_.app(), .size = 4}};
  prometheus::Registry registry_;
  prometheus::Registry other_registry_;
  ReadingsArchive archive_{pools_, {folder_}, registry_};
};

TEST_F(Archive, is_restored_to_the_last_bit_as_the_reference_says) {
  const PitId second = database_.add_pit(workshop_, 2);
  fill(95, workshop_, pit_);
  fill(95, workshop_, second, 50);
  fill(89, workshop_, pit_);
  // Every bit: two floats may be equal and differ (0 and -0).
  constexpr const char* kBits =
      "AS SELECT pit_id, device_key, measured_at, received_at, boot_id, seq, float4send(temperature) AS temperature,"
      " float4send(humidity) AS humidity, float4send(pressure) AS pressure, float4send(gas_ohm) AS gas_ohm, aqi,"
      " iaq_accuracy, replayed FROM ";
  database_.db().run_script(std::string("CREATE TABLE before ") + kBits +
                            "readings WHERE measured_at < now() -"
                            " interval '92 days'");
  const auto rollups = count("SELECT count(*) FROM sensor_rollups");
  ASSERT_EQ(count("SELECT count(*) FROM before"), 350);

  EXPECT_EQ(steps(archive_), 1);
  EXPECT_THAT(files(), ::testing::ElementsAre(name(95)));
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 300) << "the other day stays";
  EXPECT_EQ(count("SELECT count(*) FROM sensor_rollups"), rollups) << "and so do the rollups";
  const Written file = read_back(folder_ / name(95));
  const auto row = database_.db().query("SELECT file, readings, bytes, sha256 FROM reading_archives")[0];
  EXPECT_EQ(row.get<std::string>("file"), name(95));
  EXPECT_EQ(row.get<std::int64_t>("readings"), 350);
  EXPECT_EQ(row.get<std::int64_t>("bytes"), file.bytes);
  EXPECT_EQ(row.get<postgres::Bytes>("sha256"), postgres::Bytes(file.sha256));

  database_.db().run_script(
      "CREATE TABLE restored (pit_id bigint, device_key bigint, measured_at timestamptz, received_at timestamptz,"
      " boot_id integer, seq integer, temperature real, humidity real, pressure real, gas_ohm real, aqi smallint,"
      " iaq_accuracy smallint, replayed boolean)");
  const std::string command = "psql -qX -v ON_ERROR_STOP=1 '" + database_.owner() +
                              "' -c \"\\copy restored FROM PROGRAM 'gzip -dc " + (folder_ / name(95)).string() +
                              "' (FORMAT csv, HEADER)\"";
  ASSERT_EQ(std::system(command.c_str()), 0);
  database_.db().run_script(std::string("CREATE TABLE again ") + kBits + "restored");
  EXPECT_EQ(count("SELECT count(*) FROM again"), 350);
  EXPECT_EQ(count("SELECT count(*) FROM (TABLE before EXCEPT TABLE again) missing"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM (TABLE again EXCEPT TABLE before) invented"), 0);
}

TEST_F(Archive, is_one_file_for_each_workshop_and_day) {
  const WorkshopId other = database_.add_workshop("workshop_002");
  const PitId theirs = database_.add_pit(other, 1);
  for (const int day : {95, 94}) {
    fill(day, workshop_, pit_);
    fill(day, other, theirs);
  }
  EXPECT_EQ(steps(archive_), 4);
  EXPECT_THAT(files(), ::testing::ElementsAre(name(95), name(94), name(95, "workshop_002"), name(94, "workshop_002")));
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 0);
  EXPECT_EQ(count("SELECT count(DISTINCT workshop_id) FROM reading_archives"), 2);
}

TEST_F(Archive, takes_nothing_that_is_younger_or_not_yet_packed_or_not_yet_rolled_up) {
  fill(90, workshop_, pit_);
  EXPECT_FALSE(step(archive_));
  fill(95, workshop_, pit_);
  database_.db().query("SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - 95)");
  EXPECT_FALSE(step(archive_)) << "some of that day may be in the partition";
  finish("SELECT platform.pack_readings()");
  database_.db().query(
      "INSERT INTO rollups_due SELECT workshop_id, pit_id, hour FROM sensor_hours ORDER BY hour LIMIT 1");
  EXPECT_FALSE(step(archive_)) << "its rollups are not up to date";
  finish("SELECT platform.roll_up()");
  EXPECT_EQ(steps(archive_), 1);
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 300);
  EXPECT_EQ(failures(), 0);
}

TEST_F(Archive, without_a_folder_drops_nothing) {
  fill(95, workshop_, pit_);
  ReadingsArchive none(pools_, {}, other_registry_);
  EXPECT_FALSE(step(none));
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 300);
}

TEST_F(Archive, keeps_everything_when_the_disk_is_full_and_goes_on_when_it_is_not) {
  fill(95, workshop_, pit_);
  {
    const FullDisk full(1024);
    EXPECT_FALSE(step(archive_));
  }
  EXPECT_EQ(failures(), 1);
  EXPECT_THAT(files(), ::testing::IsEmpty());
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 300);
  EXPECT_EQ(count("SELECT count(*) FROM reading_archives"), 0);
  EXPECT_EQ(steps(archive_), 1);
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 0);
}

TEST_F(Archive, begun_by_a_server_that_was_killed_is_written_anew) {
  fill(95, workshop_, pit_);
  fs::create_directories(folder_ / "workshop_001");
  std::ofstream(folder_ / name(95)) << "renamed, and then killed";
  std::ofstream(folder_ / name(95, "workshop_001", ".csv.gz.unfinished")) << "killed before";
  EXPECT_EQ(steps(archive_), 1);
  EXPECT_EQ(read_back(folder_ / name(95)).lines, 300);
  EXPECT_THAT(files(), ::testing::ElementsAre(name(95)));
}

TEST_F(Archive, is_written_by_one_of_two_servers) {
  for (const int day : {96, 95, 94}) fill(day, workshop_, pit_);
  ReadingsArchive other(pools_, {folder_}, other_registry_);
  int running = 0;
  const auto work = [](ReadingsArchive& archive, app::Database& pools, int& left) -> Awaitable<> {
    static constexpr postgres::Statement kLeft{"left", "SELECT count(*) FROM platform.next_archive(90)"};
    while ((co_await pools.here().read_platform(kLeft))[0].get<std::int64_t>(0) > 0) co_await archive.step();
    --left;
  };
  for (ReadingsArchive* archive : {&archive_, &other}) {
    ++running;
    asio::co_spawn(io(), work(*archive, pools_, running), asio::detached);
  }
  io().restart();
  while (running > 0) io().run_one_for(seconds(30));
  EXPECT_THAT(files(), ::testing::ElementsAre(name(96), name(95), name(94)));
  EXPECT_EQ(count("SELECT count(*) FROM reading_archives WHERE readings = 300"), 3);
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 0);
}

TEST_F(Archive, of_what_is_found_of_an_archived_day_is_a_file_of_its_own) {
  fill(95, workshop_, pit_);
  EXPECT_EQ(steps(archive_), 1);
  const Written first = read_back(folder_ / name(95));
  fill(95, workshop_, pit_, 10);
  EXPECT_EQ(steps(archive_), 1);
  EXPECT_EQ(read_back(folder_ / name(95)), first);
  EXPECT_EQ(read_back(folder_ / name(95, "workshop_001", ".2.csv.gz")).lines, 10);
  EXPECT_EQ(count("SELECT count(*) FROM reading_archives"), 2);
}

TEST_F(Archive, is_not_dropped_when_it_does_not_hold_everything) {
  fill(95, workshop_, pit_);
  fill(89, workshop_, pit_);
  postgres::BlockingConnection app(database_.app());
  app.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(workshop_.value));
  const auto sqlstate = [&](int days_ago, int readings) {
    try {
      app.query(
          "SELECT platform.drop_archived((now() AT TIME ZONE 'UTC')::date - $1::integer, 1, 'f', $2, 1,"
          " sha256('x'))",
          days_ago, readings);
    } catch (const postgres::QueryFailed& e) {
      return e.sqlstate();
    }
    return std::string();
  };
  EXPECT_EQ(sqlstate(95, 299), "55000");
  EXPECT_EQ(sqlstate(89, 300), "22023") << "younger than 90 days";
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 600);
  app.query("SELECT set_config('pitview.workshop_id', $1, false)",
            std::to_string(database_.add_workshop("workshop_002").value));
  EXPECT_EQ(sqlstate(95, 300), "55000") << "another workshop's readings";
  EXPECT_EQ(count("SELECT count(*) FROM readings"), 600);
}

}  // namespace
}  // namespace pitview::archive
