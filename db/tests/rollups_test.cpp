// The rollups are what one would count from the readings, whatever came when and how often.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>

#include "pitview/db/readings.h"
#include "pitview/db/testing/migrated_database.h"
#include "pitview/postgres/pool.h"

namespace pitview::db {
namespace {

using postgres::BinaryCopy;
using postgres::BlockingConnection;
using postgres::Pool;
using postgres::Row;
using postgres::Transaction;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Sample {
  DeviceKey device;
  Timestamp measured_at;
  int seq = 0;
  std::optional<float> temperature = std::nullopt;
  std::optional<float> humidity = std::nullopt;
  std::optional<std::int16_t> aqi = std::nullopt;
  std::optional<float> gas_ohm = std::nullopt;
};

Awaitable<> store(Pool& pool, std::vector<Sample> batch) {
  BinaryCopy rows(kReadingColumns);
  for (const Sample& s : batch) {
    rows.row().int8(s.device.value).timestamptz(s.measured_at).timestamptz(s.measured_at).int4(1).int4(s.seq);
    rows.float4(s.temperature).float4(s.humidity).float4(1013.25F).int2(s.aqi).null().float4(s.gas_ohm).boolean(false);
  }
  Transaction tx = co_await pool.begin_platform(kPrepareReadingsStaging);
  co_await tx.copy_in(kCopyReadings, rows);
  co_await tx.query_and_commit(kCommitReadings);
}

// Where quarters_between() and the readings differ: no row when they agree.
constexpr std::string_view kDifferences = R"sql(
  WITH counted AS (
    SELECT date_bin('15 minutes', measured_at, '2000-01-01 00:00:00+00') AS at, count(*) AS n,
           count(temperature) AS t_n, min(temperature) AS t_min, avg(temperature) AS t_mean, max(temperature) AS t_max,
           count(humidity) AS h_n, min(humidity) AS h_min, avg(humidity) AS h_mean, max(humidity) AS h_max,
           count(pressure) AS p_n, min(pressure) AS p_min, avg(pressure) AS p_mean, max(pressure) AS p_max,
           count(gas_ohm) AS g_n, min(gas_ohm) AS g_min, avg(gas_ohm) AS g_mean, max(gas_ohm) AS g_max,
           count(aqi) AS a_n, min(aqi) AS a_min, avg(aqi) AS a_mean, max(aqi) AS a_max
    FROM readings WHERE pit_id = $1 AND measured_at >= $2 AND measured_at < $3 GROUP BY 1
  )
  SELECT concat_ws(' ', at, 'counted', c.n, c.t_n, c.t_min, c.t_mean, c.t_max, 'rolled up', q.n, q.temperature_n,
                   q.temperature_min, q.temperature_mean, q.temperature_max)
  FROM counted c FULL JOIN quarters_between($1, $2, $3) q USING (at)
  WHERE (c.n, c.t_n, c.h_n, c.p_n, c.g_n, c.a_n)
          IS DISTINCT FROM (q.n, q.temperature_n, q.humidity_n, q.pressure_n, q.gas_ohm_n, q.aqi_n)
     OR (c.t_min, c.h_min, c.p_min, c.g_min, c.a_min)
          IS DISTINCT FROM (q.temperature_min, q.humidity_min, q.pressure_min, q.gas_ohm_min, q.aqi_min)
     OR (c.t_max, c.h_max, c.p_max, c.g_max, c.a_max)
          IS DISTINCT FROM (q.temperature_max, q.humidity_max, q.pressure_max, q.gas_ohm_max, q.aqi_max)
     OR abs(c.t_mean - q.temperature_mean) > 1e-4 OR abs(c.h_mean - q.humidity_mean) > 1e-4
     OR abs(c.p_mean - q.pressure_mean) > 1e-2 OR abs(c.a_mean - q.aqi_mean) > 1e-3
     OR abs(c.g_mean / q.gas_ohm_mean - 1) > 1e-6
     OR (c.t_mean IS NULL) <> (q.temperature_mean IS NULL)
  ORDER BY 1)sql";

class Rollups : public ::testing::Test {
 protected:
  Rollups() { database_.assign(workshop_, device_, pit_); }

  void run(Awaitable<> work) {
    std::optional<std::exception_ptr> outcome;
    asio::co_spawn(io_, std::move(work), [&](std::exception_ptr failure) { outcome = failure; });
    io_.restart();
    io_.run_for(seconds(60));
    ASSERT_TRUE(outcome) << "not within the deadline";
    if (*outcome) std::rethrow_exception(*outcome);
  }

  void put(std::vector<Sample> batch) { run(store(pool_, std::move(batch))); }

  std::string step(int at_once = 200) {
    return database_.db().query("SELECT platform.roll_up($1)", at_once)[0].get<std::string>(0);
  }
  void roll_up(int at_once = 200) {
    for (std::string outcome = "more"; outcome == "more"; outcome = step(at_once)) continue;
  }
  std::string pack() { return database_.db().query("SELECT platform.pack_readings(2000)")[0].get<std::string>(0); }

  std::vector<std::string> differences(PitId pit, Timestamp from, Timestamp to) {
    std::vector<std::string> all;
    for (const Row& row : database_.db().query(kDifferences, pit, from, to)) all.push_back(row.get<std::string>(0));
    return all;
  }
  std::vector<std::string> differences() { return differences(pit_, now_ - days(30), now_ + days(1)); }

  std::int64_t count(std::string_view sql) { return database_.db().query(sql)[0].get<std::int64_t>(0); }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  Timestamp now_ = SystemClock().now();
  Timestamp hour_ = std::chrono::floor<hours>(now_);
  asio::io_context io_{1};
  Pool pool_{io_, {.conninfo = database_.app(), .size = 4}};
};

// The property: at every moment, for every range, open, packed or in between.
TEST_F(Rollups, are_what_is_counted_from_the_readings_in_whatever_order_they_come) {
  const PitId second = database_.add_pit(workshop_, 2);
  const DeviceKey other = database_.add_device(workshop_, "ESP32-000000000002");
  const DeviceKey swapped = database_.add_device(workshop_, "ESP32-000000000003");
  database_.assign(workshop_, other, second);
  // Two hours ago the device of the first pit was swapped for another.
  database_.db().query("UPDATE device_assignments SET released_at = $1 WHERE device_key = $2", now_ - hours(2),
                       device_);
  database_.db().query(
      "INSERT INTO device_assignments (workshop_id, device_key, pit_id, assigned_at) VALUES ($1, $2, $3, $4)",
      workshop_, swapped, pit_, now_ - hours(2));
  std::mt19937 random(20261126);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  // Most near now, some days old, so that hours fill up, end, close and are packed.
  const auto moment = [&] {
    const seconds back = below(3) > 0 ? seconds(below(3 * 3600)) : seconds(below(8 * 24 * 3600));
    return now_ - back + microseconds(below(3) == 0 ? below(1'000'000) : 0);
  };
  const auto value = [&](float middle, float width) -> std::optional<float> {
    if (below(6) == 0) return std::nullopt;
    return middle + width * static_cast<float>(below(2001) - 1000) / 1000.0F;
  };
  std::vector<std::vector<Sample>> sent;
  int seq = 0;
  for (int turn = 0; turn < 150; ++turn) {
    const int what = below(10);
    if (what < 4) {
      std::vector<Sample> batch;
      const Timestamp at = moment();
      for (int i = below(60); i >= 0; --i) {
        const DeviceKey device = std::array{device_, device_, other, swapped}[static_cast<std::size_t>(below(4))];
        batch.push_back({.device = device,
                         .measured_at = below(3) == 0 ? moment() : at + seconds(i * 10),
                         .seq = ++seq,
                         .temperature = value(22, 15),
                         .humidity = value(50, 50),
                         .aqi = below(5) == 0 ? std::nullopt : std::optional(static_cast<std::int16_t>(below(501))),
                         .gas_ohm = value(120'000, 100'000)});
      }
      std::shuffle(batch.begin(), batch.end(), random);
      sent.push_back(batch);
      put(std::move(batch));
    } else if (what < 6 && !sent.empty()) {  // delivered again
      std::vector<Sample> batch = sent[static_cast<std::size_t>(below(static_cast<int>(sent.size())))];
      std::shuffle(batch.begin(), batch.end(), random);
      put(std::move(batch));
    } else if (what < 9) {
      step(1 + below(40));
    } else {
      pack();
    }
    for (const PitId pit : {pit_, second}) {
      const Timestamp from = moment();
      const Timestamp to = std::max(moment(), from + microseconds(1));
      ASSERT_THAT(differences(pit, from, to), ::testing::IsEmpty()) << "turn " << turn;
      ASSERT_THAT(differences(pit, now_ - days(30), now_ + days(1)), ::testing::IsEmpty()) << "turn " << turn;
    }
  }
  while (pack() != "nothing") continue;
  roll_up();
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  EXPECT_EQ(count("SELECT count(*) FROM rollups_due"), 0);
  EXPECT_GT(count("SELECT count(*) FROM sensor_rollups"), 100) << "and not only counted anew";
}

TEST_F(Rollups, of_an_hour_come_when_it_is_over) {
  // As if the hours since yesterday had ended just now; nobody named them.
  database_.db().query("UPDATE platform.rollup_progress SET done_until = $1", hour_ - hours(30));
  database_.db().query("SELECT platform.ensure_partitions(1)");
  database_.db().query(
      "INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, seq, temperature)"
      " SELECT $1, $2, $3, $4::timestamptz - n * interval '7 minutes', now(), n, n % 40 FROM generate_series(1, 170) n",
      workshop_, pit_, device_, now_);
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  EXPECT_EQ(count("SELECT count(*) FROM sensor_rollups"), 0);
  roll_up();
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  EXPECT_GT(count("SELECT count(*) FROM sensor_rollups"), 60);
  EXPECT_EQ(count("SELECT count(*) FROM sensor_rollups WHERE at >= date_trunc('hour', now(), 'UTC')"), 0)
      << "the hour that is not over";
}

// Who found the hour not over and commits when it is: its reading must not be missing.
TEST_F(Rollups, wait_for_a_transaction_that_began_before_the_hour_was_over) {
  const Timestamp at = SystemClock().now();
  const auto hold = [](Pool& pool, DeviceKey device, Timestamp when, std::function<void()> meanwhile) -> Awaitable<> {
    BinaryCopy rows(kReadingColumns);
    rows.row().int8(device.value).timestamptz(when).timestamptz(when).int4(1).int4(1);
    rows.float4(20.0F).null().null().null().null().null().boolean(false);
    Transaction tx = co_await pool.begin_platform(kPrepareReadingsStaging);
    co_await tx.copy_in(kCopyReadings, rows);
    co_await tx.query(kCommitReadings);
    meanwhile();
    co_await tx.commit();
  };
  run(hold(pool_, device_, at, [&] {
    // The hour ends.
    database_.db().query(
        "UPDATE platform.rollup_progress SET next_until = $1, fence = pg_current_xact_id(), done_until = $2",
        std::chrono::floor<hours>(at) + hours(1), std::chrono::floor<hours>(at));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(step(), "nothing");
    EXPECT_EQ(count("SELECT count(*) FROM platform.rollup_progress WHERE fence IS NOT NULL"), 1);
  }));
  roll_up();
  EXPECT_EQ(count("SELECT count(*) FROM platform.rollup_progress WHERE fence IS NULL"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM sensor_rollups"), 1);
  EXPECT_THAT(differences(), ::testing::IsEmpty());
}

TEST_F(Rollups, of_readings_that_come_while_they_are_made_are_made_again) {
  const Timestamp at = hour_ - hours(5);
  put({{device_, at, 1, 20.0F}});
  BlockingConnection other(database_.app());
  other.run_script("BEGIN");
  EXPECT_EQ(other.query("SELECT platform.roll_up()")[0].get<std::string>(0), "nothing");
  EXPECT_EQ(step(), "busy");
  put({{device_, at + seconds(10), 2, 30.0F}});  // does not wait for it
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  other.run_script("COMMIT");
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  roll_up();
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  EXPECT_EQ(count("SELECT n::bigint FROM sensor_rollups"), 2);
}

TEST_F(Rollups, killed_in_a_step_are_made_by_the_next) {
  put({{device_, hour_ - hours(5), 1, 20.0F}});
  {
    BlockingConnection killed(database_.app());
    killed.run_script("BEGIN");
    killed.query("SELECT platform.roll_up()");
  }
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  std::string outcome = "busy";
  while (outcome != "nothing") outcome = step();
  EXPECT_THAT(differences(), ::testing::IsEmpty());
  EXPECT_EQ(count("SELECT count(*) FROM sensor_rollups"), 1);
}

TEST_F(Rollups, of_one_pit_that_is_due_again_and_again_hold_up_no_other) {
  const PitId second = database_.add_pit(workshop_, 2);
  const DeviceKey other = database_.add_device(workshop_, "ESP32-000000000002");
  database_.assign(workshop_, other, second);
  put({{other, hour_ - hours(5), 1, 20.0F}});
  int seq = 0;
  for (int turn = 0; turn < 4; ++turn) {
    for (int back = 5; back < 8; ++back) put({{device_, hour_ - hours(back), ++seq, 20.0F}});
    step(2);
  }
  EXPECT_EQ(
      database_.db().query("SELECT count(*) FROM sensor_rollups WHERE pit_id = $1", second)[0].get<std::int64_t>(0), 1);
}

TEST_F(Rollups, show_a_workshop_its_own_only) {
  put({{device_, hour_ - hours(5), 1, 20.0F}, {device_, now_, 2, 20.0F}});
  const WorkshopId other = database_.add_workshop("workshop_002");
  constexpr const char* kAll[] = {"SELECT count(*) FROM quarters_between(1, now() - interval '9 days', now())",
                                  "SELECT count(*) FROM rollups_due", "SELECT count(*) FROM sensor_rollups"};
  ASSERT_EQ(pit_.value, 1);
  for (int rolled_up = 0; rolled_up < 2; ++rolled_up) {
    for (const std::string& who : {database_.app(), database_.readonly()}) {
      BlockingConnection db(who);
      for (int i = 0; i < 3; ++i) {
        const bool holds_any = i == 0 || (i == 1) == (rolled_up == 0);
        if (holds_any) EXPECT_THROW(db.query(kAll[i]), postgres::QueryFailed) << "no workshop: " << kAll[i];
        db.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(workshop_.value));
        EXPECT_EQ(db.query(kAll[i])[0].get<std::int64_t>(0) > 0, holds_any) << kAll[i];
        db.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(other.value));
        EXPECT_EQ(db.query(kAll[i])[0].get<std::int64_t>(0), 0) << kAll[i];
        db.query("SELECT set_config('pitview.workshop_id', '', false)");
      }
    }
    roll_up();
  }
}

}  // namespace
}  // namespace pitview::db
