#include "pitview/db/readings.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "pitview/db/testing/migrated_database.h"
#include "pitview/postgres/pool.h"

namespace pitview::db {
namespace {

using postgres::BinaryCopy;
using postgres::Pool;
using postgres::Row;
using postgres::Transaction;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

struct Sample {
  DeviceKey device;
  Timestamp measured_at;
  int seq = 0;
  std::optional<float> temperature = 24.5F;
};

BinaryCopy copy_of(const std::vector<Sample>& samples, Timestamp received_at) {
  BinaryCopy rows(kReadingColumns);
  for (const Sample& s : samples) {
    rows.row().int8(s.device.value).timestamptz(s.measured_at).timestamptz(received_at).int4(1).int4(s.seq);
    rows.float4(s.temperature).float4(55.0F).float4(1013.25F).int2(78).int2(3).null().boolean(false);
  }
  return rows;
}

// What became of a batch, or of several.
struct Counts {
  std::int64_t inserted = 0;
  std::int64_t duplicates = 0;
  std::int64_t no_assignment = 0;
  std::int64_t too_old = 0;
  std::int64_t in_future = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
  friend void PrintTo(const Counts& c, std::ostream* out) {
    *out << c.inserted << " inserted, " << c.duplicates << " duplicates, " << c.no_assignment << " without assignment, "
         << c.too_old << " too old, " << c.in_future << " in the future";
  }
};

Awaitable<> commit_staged(Transaction& tx, Counts& counts) {
  const Row row = (co_await tx.query(kCommitReadings))[0];
  counts.inserted += row.get<std::int64_t>("inserted");
  counts.duplicates += row.get<std::int64_t>("duplicates");
  counts.no_assignment += row.get<std::int64_t>("no_assignment");
  counts.too_old += row.get<std::int64_t>("too_old");
  counts.in_future += row.get<std::int64_t>("in_future");
}

Awaitable<> store_batch(Pool& pool, std::vector<Sample> batch, Timestamp now, Counts& counts) {
  const BinaryCopy rows = copy_of(batch, now);
  Transaction tx = co_await pool.begin_platform();
  co_await tx.query(kPrepareReadingsStaging);
  co_await tx.copy_in(kCopyReadings, rows);
  co_await commit_staged(tx, counts);
  co_await tx.commit();
}

class Readings : public ::testing::Test {
 protected:
  Readings() { database_.assign(workshop_, device_, pit_); }

  // How many readings were new.
  std::int64_t store(std::vector<Sample> samples) { return commit(std::move(samples)).inserted; }

  Counts commit(std::vector<Sample> samples) { return store_at_once({std::move(samples)}); }

  // Each batch on a connection of its own.
  Counts store_at_once(std::vector<std::vector<Sample>> batches) {
    Counts counts;
    std::exception_ptr failed;
    for (auto& batch : batches) {
      asio::co_spawn(io_, store_batch(pool_, std::move(batch), now_, counts), [&](std::exception_ptr failure) {
        if (failure) failed = failure;
      });
    }
    io_.restart();
    io_.run_for(seconds(30));
    if (failed) std::rethrow_exception(failed);
    return counts;
  }

  // "SEQ REASON" each.
  std::vector<std::string> set_aside() {
    std::vector<std::string> all;
    for (const Row& row : database_.db().query("SELECT seq || ' ' || reason FROM platform.readings_set_aside"
                                               " ORDER BY seq"))
      all.push_back(row.get<std::string>(0));
    return all;
  }

  std::int64_t rows_of(PitId pit) {
    return database_.db().query("SELECT count(*) FROM sensor_data WHERE pit_id = $1", pit)[0].get<std::int64_t>(0);
  }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  Timestamp now_ = SystemClock().now();
  asio::io_context io_{1};
  Pool pool_{io_, {.conninfo = database_.app(), .size = 4}};
};

TEST_F(Readings, are_stored_at_the_pit_of_their_device_with_every_value) {
  EXPECT_EQ(store({{device_, now_, 7}}), 1);
  const Row row = database_.db().query("SELECT * FROM sensor_data")[0];
  EXPECT_EQ(row.get<WorkshopId>("workshop_id"), workshop_);
  EXPECT_EQ(row.get<PitId>("pit_id"), pit_);
  EXPECT_EQ(row.get<DeviceKey>("device_key"), device_);
  EXPECT_EQ(row.get<Timestamp>("measured_at"), now_);
  EXPECT_EQ(row.get<Timestamp>("received_at"), now_);
  EXPECT_EQ(row.get<int>("boot_id"), 1);
  EXPECT_EQ(row.get<int>("seq"), 7);
  EXPECT_EQ(row.get<double>("temperature"), 24.5);
  EXPECT_EQ(row.get<double>("humidity"), 55);
  EXPECT_EQ(row.get<double>("pressure"), 1013.25);
  EXPECT_EQ(row.get<int>("aqi"), 78);
  EXPECT_EQ(row.get<int>("iaq_accuracy"), 3);
  EXPECT_EQ(row.get<std::optional<double>>("gas_ohm"), std::nullopt);
  EXPECT_FALSE(row.get<bool>("replayed"));
}

TEST_F(Readings, that_come_twice_are_stored_once) {
  EXPECT_EQ(store({{device_, now_, 1}, {device_, now_, 1}, {device_, now_ + seconds(10), 2}}), 2);
  EXPECT_EQ(store({{device_, now_, 1}, {device_, now_ + seconds(10), 2}, {device_, now_ + seconds(20), 3}}), 1);
  EXPECT_EQ(rows_of(pit_), 3);
}

TEST_F(Readings, redelivered_to_several_servers_at_once_are_stored_once) {
  // Every batch the same readings over four new days, each in another order.
  std::vector<Sample> samples;
  for (int i = 0; i < 400; ++i) samples.push_back({device_, now_ - days(i % 4) - seconds(i), i});
  std::vector<std::vector<Sample>> batches;
  for (int i = 0; i < 4; ++i) {
    std::rotate(samples.begin(), samples.begin() + 77, samples.end());
    if (i % 2 == 1) std::reverse(samples.begin(), samples.end());
    batches.push_back(samples);
  }
  EXPECT_EQ(store_at_once(std::move(batches)), (Counts{.inserted = 400, .duplicates = 1200}));
  EXPECT_EQ(rows_of(pit_), 400);
}

TEST_F(Readings, that_come_late_go_to_the_pit_where_the_device_was) {
  const PitId new_pit = database_.add_pit(workshop_, 2);
  database_.db().query("UPDATE device_assignments SET released_at = $1", now_ - hours(1));
  database_.db().query(
      "INSERT INTO device_assignments (workshop_id, device_key, pit_id, assigned_at)"
      " VALUES ($1, $2, $3, $4)",
      workshop_, device_, new_pit, now_ - minutes(30));
  EXPECT_EQ(store({{device_, now_ - hours(2), 1},
                   {device_, now_ - hours(1), 2},  // released at this very moment: in between
                   {device_, now_ - minutes(45), 3},
                   {device_, now_ - minutes(30), 4},
                   {device_, now_, 5}}),
            3);
  EXPECT_EQ(rows_of(pit_), 1);
  EXPECT_EQ(rows_of(new_pit), 2);
}

TEST_F(Readings, of_unknown_devices_or_impossible_times_are_set_aside_with_the_reason_and_block_nothing) {
  const DeviceKey unassigned = database_.add_device(workshop_, "ESP32-000000000002");
  EXPECT_EQ(commit({{unassigned, now_, 1},
                    {DeviceKey(999'999), now_, 2},
                    {device_, now_ - days(91), 3},
                    {device_, now_ + days(2), 4},
                    {device_, now_, 5},
                    {device_, now_, 5}}),
            (Counts{.inserted = 1, .duplicates = 1, .no_assignment = 2, .too_old = 1, .in_future = 1}));
  EXPECT_THAT(set_aside(), ElementsAre("1 no_assignment", "2 no_assignment", "3 too_old", "4 in_future"));
  const Row row = database_.db().query("SELECT * FROM platform.readings_set_aside WHERE seq = 1")[0];
  EXPECT_EQ(row.get<DeviceKey>("device_key"), unassigned);
  EXPECT_EQ(row.get<Timestamp>("measured_at"), now_);
  EXPECT_EQ(row.get<Timestamp>("received_at"), now_);
  EXPECT_EQ(row.get<int>("boot_id"), 1);
  EXPECT_EQ(row.get<double>("temperature"), 24.5);
  EXPECT_EQ(row.get<double>("pressure"), 1013.25);
  EXPECT_EQ(row.get<std::optional<double>>("gas_ohm"), std::nullopt);
}

TEST_F(Readings, set_aside_by_several_servers_at_once_are_kept_once) {
  const DeviceKey unassigned = database_.add_device(workshop_, "ESP32-000000000002");
  std::vector<std::vector<Sample>> batches;
  for (int batch = 0; batch < 4; ++batch) {
    std::vector<Sample> samples;
    for (int i = 0; i < 200; ++i) samples.push_back({i % 2 == 0 ? unassigned : device_, now_ - seconds(i), i});
    if (batch % 2 == 1) std::reverse(samples.begin(), samples.end());
    batches.push_back(std::move(samples));
  }
  EXPECT_EQ(store_at_once(std::move(batches)), (Counts{.inserted = 100, .duplicates = 300, .no_assignment = 400}));
  EXPECT_EQ(set_aside().size(), 100U);
}

TEST_F(Readings, the_database_refused_are_kept_one_by_one_with_its_words) {
  postgres::BlockingConnection app(database_.app());
  for (int i = 0; i < 2; ++i)
    app.query(kSetAsideReading.sql, device_, now_, now_, 1, 7, 200.0F, std::nullopt, std::nullopt, 9, std::nullopt,
              std::nullopt, true, "23514 sensor_data_temperature_check " + std::string(1000, 'x'));
  EXPECT_THAT(set_aside(), ElementsAre(::testing::StartsWith("7 refused: 23514 sensor_data_temperature_check xx")));
  const Row row = database_.db().query("SELECT * FROM platform.readings_set_aside")[0];
  EXPECT_EQ(row.get<double>("temperature"), 200);
  EXPECT_EQ(row.get<int>("aqi"), 9);
  EXPECT_TRUE(row.get<bool>("replayed"));
}

TEST_F(Readings, set_aside_are_bounded_in_number_and_age) {
  database_.db().run_script(
      "INSERT INTO platform.readings_set_aside (device_key, measured_at, received_at, boot_id, seq, replayed, reason,"
      " at) SELECT 1, now(), now(), 0, n, false, 'too_old', now() - interval '1 day' * (n % 100) FROM"
      " generate_series(1, 100000) n");
  const DeviceKey unassigned = database_.add_device(workshop_, "ESP32-000000000002");
  commit({{unassigned, now_, 1}, {unassigned, now_, 2}, {unassigned, now_, 3}});
  constexpr auto kCount = "SELECT count(*) FROM platform.readings_set_aside";
  EXPECT_EQ(database_.db().query(kCount)[0].get<std::int64_t>(0), 100'000);
  postgres::BlockingConnection app(database_.app());
  EXPECT_EQ(app.query("SELECT platform.prune_readings_set_aside()")[0].get<std::int64_t>(0), 10'000);
  EXPECT_EQ(database_.db().query(kCount)[0].get<std::int64_t>(0), 90'000);
}

TEST_F(Readings, set_aside_are_for_nobody_who_logs_in) {
  for (const std::string& who : {database_.app(), database_.readonly()}) {
    postgres::BlockingConnection db(who);
    db.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(workshop_.value));
    for (const char* sql : {"SELECT 1 FROM platform.readings_set_aside", "DELETE FROM platform.readings_set_aside",
                            "SELECT platform.bound_readings_set_aside()"})
      EXPECT_THROW(db.query(sql), postgres::QueryFailed) << sql;
  }
}

TEST_F(Readings, of_a_new_day_are_stored_while_another_session_is_inserting) {
  database_.db().query("SELECT platform.ensure_partitions(0)");  // of yesterday and today
  const BinaryCopy first = copy_of({{device_, now_, 1}}, now_);
  const auto both = [](Pool& pool, const BinaryCopy& rows, Timestamp now, DeviceKey device) -> Awaitable<> {
    Counts counts;
    Transaction open = co_await pool.begin_platform();
    co_await open.query(kPrepareReadingsStaging);
    co_await open.copy_in(kCopyReadings, rows);
    co_await commit_staged(open, counts);
    // Would wait for ever if the new partition locked out the open insert, or the other way round.
    co_await store_batch(pool, {{device, now - days(5), 2}}, now, counts);
    co_await open.commit();
    EXPECT_EQ(counts.inserted, 2);
  };
  std::exception_ptr failed;
  asio::co_spawn(io_, both(pool_, first, now_, device_), [&](std::exception_ptr failure) { failed = failure; });
  io_.run_for(seconds(30));
  if (failed) std::rethrow_exception(failed);
  EXPECT_EQ(rows_of(pit_), 2);
}

TEST_F(Readings, make_the_partition_of_their_day) {
  EXPECT_EQ(store({{device_, now_ - days(40), 1}, {device_, now_ - days(3), 1}, {device_, now_, 1}}), 3);
  EXPECT_EQ(database_.db()
                .query("SELECT count(*) FROM pg_inherits WHERE inhparent = 'sensor_data'::regclass")[0]
                .get<std::int64_t>(0),
            3);
}

TEST_F(Readings, show_that_the_device_was_seen) {
  store({{device_, now_, 1}});
  constexpr auto kSeen = "SELECT last_seen_at FROM devices WHERE id = $1";
  EXPECT_EQ(database_.db().query(kSeen, device_)[0].get<Timestamp>(0), now_);
  now_ += seconds(10);
  store({{device_, now_, 2}});
  EXPECT_EQ(database_.db().query(kSeen, device_)[0].get<Timestamp>(0), now_ - seconds(10));
  now_ += seconds(21);
  store({{device_, now_, 3}});
  EXPECT_EQ(database_.db().query(kSeen, device_)[0].get<Timestamp>(0), now_);
}

TEST_F(Readings, of_a_batch_that_was_rolled_back_are_not_stored_later) {
  store({{device_, now_, 1}});
  EXPECT_THROW(store({{device_, now_, 2}, {device_, now_, 3, 200.0F}}), postgres::QueryFailed);
  EXPECT_EQ(store({{device_, now_, 4}}), 1);
  EXPECT_EQ(rows_of(pit_), 2);
}

TEST_F(Readings, are_seen_by_their_workshop_only) {
  store({{device_, now_, 1}});
  const WorkshopId other = database_.add_workshop("workshop_002");
  postgres::BlockingConnection app(database_.app());
  constexpr auto kCount = "SELECT count(*) FROM sensor_data";
  app.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(workshop_.value));
  EXPECT_EQ(app.query(kCount)[0].get<std::int64_t>(0), 1);
  app.query("SELECT set_config('pitview.workshop_id', $1, false)", std::to_string(other.value));
  EXPECT_EQ(app.query(kCount)[0].get<std::int64_t>(0), 0);
}

TEST_F(Readings, cannot_be_staged_in_a_table_of_the_callers_making) {
  postgres::BlockingConnection app(database_.app());
  app.run_script("SELECT platform.prepare_readings_staging()");
  for (const char* sql : {"SELECT * FROM pg_temp.readings_staging", "DROP TABLE pg_temp.readings_staging",
                          "ALTER TABLE pg_temp.readings_staging DISABLE TRIGGER ALL"}) {
    EXPECT_THROW(app.run_script(sql), postgres::QueryFailed) << sql;
  }
}

TEST_F(Readings, partitions_are_made_ahead_and_once) {
  postgres::BlockingConnection app(database_.app());
  EXPECT_EQ(app.query("SELECT platform.ensure_partitions(3)")[0].get<int>(0), 5);
  EXPECT_EQ(app.query("SELECT platform.ensure_partitions(3)")[0].get<int>(0), 0);
  EXPECT_THROW(app.query("SELECT platform.ensure_partitions(100000)"), postgres::QueryFailed);
}

TEST_F(Readings, the_newest_of_a_pit_is_found_by_looking_at_the_newest_partition_first) {
  store({{device_, now_ - days(2), 1}, {device_, now_ - days(1), 1}, {device_, now_, 1}});
  std::string plan;
  for (const Row& row : database_.db().query("EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT measured_at"
                                             " FROM sensor_data WHERE pit_id = 1 ORDER BY measured_at DESC LIMIT 1")) {
    plan += row.get<std::string>(0) + "\n";
  }
  EXPECT_THAT(plan, ::testing::Not(::testing::HasSubstr("Sort"))) << plan;
  EXPECT_THAT(plan, ::testing::HasSubstr("never executed")) << plan;
}

TEST_F(Readings, the_directory_says_where_every_device_is) {
  const DeviceKey unassigned = database_.add_device(workshop_, "ESP32-000000000002");
  const DeviceKey retired = database_.add_device(workshop_, "ESP32-000000000003");
  database_.db().query("UPDATE devices SET status = 'retired' WHERE id = $1", retired);
  database_.db().query("DELETE FROM subscriptions WHERE device_key = $1", unassigned);
  postgres::BlockingConnection app(database_.app());
  const postgres::Rows rows = app.query("SELECT * FROM platform.device_directory() ORDER BY device_key");
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].get<DeviceKey>("device_key"), device_);
  EXPECT_EQ(rows[0].get<std::string>("device_id"), "ESP32-000000000001");
  EXPECT_EQ(rows[0].get<std::string>("workshop_code"), "workshop_001");
  EXPECT_EQ(rows[0].get<std::string>("workshop_status"), "active");
  EXPECT_EQ(rows[0].get<PitId>("pit_id"), pit_);
  EXPECT_EQ(rows[0].get<int>("pit_number"), 1);
  EXPECT_EQ(rows[0].get<std::string>("subscription_status"), "active");
  EXPECT_EQ(rows[1].get<DeviceKey>("device_key"), unassigned);
  EXPECT_EQ(rows[1].get<std::optional<PitId>>("pit_id"), std::nullopt);
  EXPECT_EQ(rows[1].get<std::optional<std::string>>("subscription_status"), std::nullopt);
}

}  // namespace
}  // namespace pitview::db
