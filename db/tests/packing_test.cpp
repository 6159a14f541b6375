// Days that are over, packed: nothing lost, nothing twice, nobody held up.
#include <gmock/gmock.h>

#include <functional>

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
using std::chrono::seconds;

// Every bit: two floats may be equal and differ (0 and -0).
constexpr std::string_view kBits =
    "SELECT concat_ws('|', workshop_id, pit_id, device_key, extract(epoch FROM measured_at), extract(epoch FROM"
    " received_at), boot_id, seq, coalesce(encode(float4send(temperature), 'hex'), '-'), coalesce(encode("
    "float4send(humidity), 'hex'), '-'), coalesce(encode(float4send(pressure), 'hex'), '-'), coalesce(encode("
    "float4send(gas_ohm), 'hex'), '-'), coalesce(aqi::text, '-'), coalesce(iaq_accuracy::text, '-'), replayed)"
    " FROM readings ORDER BY 1";

struct Late {
  DeviceKey device;
  Timestamp measured_at;
  int seq;
};

Awaitable<> store(Pool& pool, std::vector<Late> batch, std::int64_t& inserted) {
  BinaryCopy rows(kReadingColumns);
  for (const Late& r : batch) {
    rows.row().int8(r.device.value).timestamptz(r.measured_at).timestamptz(r.measured_at + days(3)).int4(1).int4(r.seq);
    rows.float4(24.5F).null().null().null().null().null().boolean(true);
  }
  Transaction tx = co_await pool.begin_platform(kPrepareReadingsStaging);
  co_await tx.copy_in(kCopyReadings, rows);
  inserted += (co_await tx.query_and_commit(kCommitReadings))[0].get<std::int64_t>("inserted");
}

class Packing : public ::testing::Test {
 protected:
  Packing() { database_.assign(workshop_, device_, pit_); }

  std::vector<std::string> bits() {
    std::vector<std::string> all;
    for (const Row& row : database_.db().query(kBits)) all.push_back(row.get<std::string>(0));
    return all;
  }

  std::string step(int rows = 100'000) {
    return database_.db().query("SELECT platform.pack_readings($1)", rows)[0].get<std::string>(0);
  }
  void pack(int rows = 100'000) {
    for (std::string outcome = "more"; outcome != "nothing"; outcome = step(rows)) ASSERT_NE(outcome, "busy");
  }

  std::int64_t count(std::string_view sql) { return database_.db().query(sql)[0].get<std::int64_t>(0); }

  std::int64_t store_late(std::vector<Late> batch) {
    std::int64_t inserted = 0;
    run(store(pool_, std::move(batch), inserted));
    return inserted;
  }

  void run(Awaitable<> work) {
    std::optional<std::exception_ptr> outcome;
    asio::co_spawn(io_, std::move(work), [&](std::exception_ptr failure) { outcome = failure; });
    io_.restart();
    io_.run_for(seconds(60));
    ASSERT_TRUE(outcome) << "not within the deadline";
    if (*outcome) std::rethrow_exception(*outcome);
  }

  // Readings of that day (UTC) every 100 s, with everything that can be odd about one.
  void fill(int days_ago, PitId pit, DeviceKey device) {
    database_.db().query("SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - $1::integer)", days_ago);
    database_.db().query(
        "INSERT INTO sensor_data SELECT $1, $2, $3, m, m + late, n / 400, CASE WHEN n % 7 = 0 THEN 0 ELSE 2147483000 + "
        "n"
        " % 600 END, CASE WHEN n % 11 <> 0 THEN (20 + sin(n) * 15)::real END, CASE WHEN n % 5 <> 0 THEN '-0'::real END,"
        " CASE WHEN n / 36 % 2 = 0 THEN 1013.25 + n % 80 / 7.0 END, CASE WHEN n % 3 = 0 THEN 1e9 END,"
        " CASE WHEN n % 13 <> 0 THEN n % 501 END, CASE WHEN n / 100 = 2 THEN n % 4 END, n % 50 = 0"
        " FROM generate_series(0, 863) n, LATERAL (SELECT date_trunc('day', now(), 'UTC') - $4::integer * interval '1"
        " day' + n * interval '100 seconds' + n % 9 * interval '1 microsecond' * (n / 36 % 2) AS m,"
        " (n % 5 - 2) * interval '17:30:00.123457' AS late) t",
        workshop_, pit, device, days_ago);
  }

  Timestamp midnight(int days_ago) { return std::chrono::floor<days>(SystemClock().now()) - days(days_ago); }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  asio::io_context io_{1};
  Pool pool_{io_, {.conninfo = database_.app(), .size = 4}};
};

TEST_F(Packing, keeps_every_bit_of_every_reading) {
  const PitId second = database_.add_pit(workshop_, 2);
  for (const int day : {5, 4, 3}) fill(day, pit_, device_);
  fill(3, second, DeviceKey(77));
  const std::vector<std::string> before = bits();
  ASSERT_EQ(before.size(), 4U * 864);
  pack();
  EXPECT_EQ(bits(), before);
  EXPECT_EQ(count("SELECT count(*) FROM sensor_data"), 0);
  EXPECT_EQ(count("SELECT sum(n)::bigint FROM sensor_hours"), 4 * 864);
  EXPECT_EQ(count("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^sensor_(data|closing)_'"), 0);
}

TEST_F(Packing, leaves_days_that_are_not_over_for_two_days) {
  for (const int day : {2, 1, 0}) fill(day, pit_, device_);
  EXPECT_EQ(step(), "nothing");
  EXPECT_EQ(count("SELECT count(*) FROM sensor_hours"), 0);
}

TEST_F(Packing, shows_everything_once_at_every_step) {
  std::vector<PitId> pits = {pit_};
  for (int number = 2; number <= 5; ++number) pits.push_back(database_.add_pit(workshop_, number));
  for (const PitId pit : pits) fill(3, pit, device_);
  const std::vector<std::string> before = bits();
  int steps = 0;
  for (std::string outcome = "more"; outcome == "more"; outcome = step(1'000), ++steps) ASSERT_EQ(bits(), before);
  EXPECT_EQ(steps, 6);  // closed, three packed, dropped, nothing
  EXPECT_EQ(bits(), before);
}

TEST_F(Packing, killed_in_a_step_has_not_done_it) {
  fill(3, pit_, device_);
  const std::vector<std::string> before = bits();
  for (int done = 0; done < 4; ++done) {
    {
      BlockingConnection killed(database_.app());
      killed.run_script("BEGIN");
      EXPECT_EQ(killed.query("SELECT platform.pack_readings()")[0].get<std::string>(0), done == 3 ? "nothing" : "more");
    }
    EXPECT_EQ(bits(), before);
    // The server may still be busy with ending the other session.
    std::string outcome = "busy";
    while (outcome == "busy") outcome = step();
    EXPECT_EQ(bits(), before);
  }
}

TEST_F(Packing, is_done_by_one_at_a_time) {
  fill(3, pit_, device_);
  BlockingConnection other(database_.app());
  other.run_script("BEGIN");
  EXPECT_EQ(other.query("SELECT platform.pack_readings()")[0].get<std::string>(0), "more");
  EXPECT_EQ(step(), "busy");
  other.run_script("COMMIT");
  pack();
  EXPECT_EQ(bits().size(), 864U);
}

TEST_F(Packing, gives_way_to_a_reader_who_takes_long) {
  fill(3, pit_, device_);
  BlockingConnection reader(database_.owner());
  reader.run_script("BEGIN; SELECT count(*) FROM sensor_data");
  EXPECT_EQ(step(), "busy");
  EXPECT_EQ(store_late({{device_, midnight(3) + seconds(7), 5}}), 1);
  reader.run_script("COMMIT");
  pack();
  EXPECT_EQ(bits().size(), 865U);
}

TEST_F(Packing, knows_what_was_packed_and_adds_what_comes_late) {
  const Timestamp day = midnight(4);
  EXPECT_EQ(store_late({{device_, day, 1}, {device_, day + seconds(10), 2}, {device_, day + hours(5), 3}}), 3);
  pack();
  EXPECT_EQ(store_late({{device_, day, 1},
                        {device_, day + seconds(10), 2},
                        {device_, day + seconds(10), 7},      // the same time, another reading
                        {device_, day + microseconds(1), 1},  // and the other way round
                        {device_, day + hours(9), 4}}),
            3);
  EXPECT_EQ(bits().size(), 6U);
  const std::vector<std::string> before = bits();
  pack();
  EXPECT_EQ(bits(), before);
  EXPECT_EQ(count("SELECT count(*) FROM sensor_hours"), 3) << "one row for each hour";
  EXPECT_EQ(count("SELECT count(*) FROM sensor_data"), 0);
}

TEST_F(Packing, loses_nothing_that_comes_while_it_packs) {
  constexpr int kBatches = 30;
  constexpr int kReadings = 60;
  for (const int day : {5, 4, 3}) fill(day, pit_, device_);
  const std::size_t before = bits().size();
  std::int64_t inserted = 0;
  int writers = 0;
  // Each writer sends every reading, in batches of its own order; all of days that are being packed meanwhile.
  const auto write = [](Pool& pool, DeviceKey device, Timestamp start, int offset, std::int64_t& stored,
                        int& left) -> Awaitable<> {
    for (int b = 0; b < kBatches; ++b) {
      std::vector<Late> batch;
      for (int i = 0; i < kReadings; ++i) {
        const int n = ((b * 7 + offset) % kBatches) * kReadings + i;
        batch.push_back({device, start + seconds(n * 100 + 50), n});
      }
      if (offset % 2 == 1) std::reverse(batch.begin(), batch.end());
      co_await store(pool, std::move(batch), stored);
    }
    --left;
  };
  const auto keep_packing = [](Pool& pool, int& left) -> Awaitable<> {
    static constexpr postgres::Statement kStep{"step", "SELECT platform.pack_readings(500)"};
    std::string outcome = "more";
    while (left > 0 || outcome != "nothing") {
      Transaction tx = co_await pool.begin_platform();
      outcome = (co_await tx.query_and_commit(kStep))[0].get<std::string>(0);
    }
  };
  std::exception_ptr failed;
  const auto note = [&](std::exception_ptr failure) {
    if (failure) failed = failure;
  };
  for (const int offset : {0, 11}) {
    ++writers;
    asio::co_spawn(io_, write(pool_, device_, midnight(5), offset, inserted, writers), note);
  }
  for (int i = 0; i < 2; ++i) asio::co_spawn(io_, keep_packing(pool_, writers), note);
  io_.restart();
  io_.run_for(seconds(120));
  if (failed) std::rethrow_exception(failed);
  ASSERT_EQ(writers, 0);
  EXPECT_EQ(inserted, kBatches * kReadings);
  const std::vector<std::string> after = bits();
  EXPECT_EQ(after.size(), before + kBatches * kReadings);
  EXPECT_EQ(std::adjacent_find(after.begin(), after.end()), after.end()) << "a reading is there twice";
  EXPECT_EQ(count("SELECT count(*) FROM sensor_data"), 0);
}

TEST_F(Packing, of_a_flood_does_not_overflow) {
  database_.db().query("SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - 3)");
  database_.db().run_script(
      "INSERT INTO sensor_data SELECT 1, 1, 1, date_trunc('day', now(), 'UTC') - interval '3 days' + n * interval '10"
      " ms', now(), 1, n FROM generate_series(1, 300000) n");
  pack();
  EXPECT_EQ(count("SELECT count(*) FROM readings WHERE measured_at = date_trunc('day', now(), 'UTC') - interval '3"
                  " days' + seq * interval '10 ms'"),
            300'000);
}

TEST_F(Packing, finds_the_newest_reading_packed_or_not) {
  const auto newest = [&] { return database_.db().query("SELECT measured_at FROM latest_reading($1)", pit_); };
  EXPECT_TRUE(newest().empty());
  store_late({{device_, midnight(4) + hours(7), 1}, {device_, midnight(4) + hours(8), 2}});
  EXPECT_EQ(newest()[0].get<Timestamp>(0), midnight(4) + hours(8));
  pack();
  EXPECT_EQ(newest()[0].get<Timestamp>(0), midnight(4) + hours(8));
  store_late({{device_, midnight(4) + hours(2), 3}});
  EXPECT_EQ(newest()[0].get<Timestamp>(0), midnight(4) + hours(8)) << "a late one is not news";
  store_late({{device_, midnight(1), 4}});
  EXPECT_EQ(newest()[0].get<Timestamp>(0), midnight(1));
}

TEST_F(Packing, gives_the_readings_of_a_range) {
  fill(3, pit_, device_);
  fill(1, pit_, device_);
  const auto answer = [&](const char* sql) {
    std::vector<std::string> rows;
    for (const Row& row : database_.db().query(sql, pit_, midnight(3) + hours(1), midnight(0) - hours(1)))
      rows.push_back(row.get<std::string>(0));
    return rows;
  };
  constexpr auto kBetween = "SELECT measured_at::text || ' ' || seq FROM readings_between($1, $2, $3) ORDER BY 1";
  const auto between = answer(kBetween);
  EXPECT_EQ(between.size(), 2U * 23 * 36);
  pack();
  EXPECT_EQ(answer(kBetween), between);
}

TEST_F(Packing, shows_a_workshop_its_own_only) {
  fill(3, pit_, device_);
  EXPECT_EQ(step(), "more");  // closing
  const WorkshopId other = database_.add_workshop("workshop_002");
  constexpr const char* kAll[] = {"SELECT count(*) FROM readings",
                                  "SELECT count(*) FROM readings_between(1, now() - interval '9 days', now())",
                                  "SELECT count(*) FROM latest_reading(1)"};
  ASSERT_EQ(pit_.value, 1);
  for (int packed = 0; packed < 2; ++packed) {
    for (const std::string& who : {database_.app(), database_.readonly()}) {
      BlockingConnection db(who);
      for (const char* sql : kAll) {
        EXPECT_THROW(db.query(sql), postgres::QueryFailed) << "no workshop: " << sql;
        db.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(workshop_.value));
        EXPECT_GT(db.query(sql)[0].get<std::int64_t>(0), 0) << sql;
        db.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(other.value));
        EXPECT_EQ(db.query(sql)[0].get<std::int64_t>(0), 0) << sql;
        db.query("SELECT set_config('pitview.workshop_id', '', false)");
      }
    }
    pack();
  }
}

}  // namespace
}  // namespace pitview::db
