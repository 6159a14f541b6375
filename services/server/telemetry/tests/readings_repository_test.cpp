// Open and packed readings as one, for those who look at a pit. Real PostgreSQL.
#include "telemetry/readings_repository.h"

#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::telemetry {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

class Repository : public ::testing::Test {
 protected:
  Repository() { database_.assign(workshop_, device_, pit_); }

  template <class T>
  T run(Awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr failed;
    asio::co_spawn(io(), std::move(work), [&](std::exception_ptr failure, T value) {
      failed = failure;
      if (!failure) result = std::move(value);
    });
    io().restart();
    while (!result && !failed) io().run_one_for(seconds(30));
    if (failed) std::rethrow_exception(failed);
    return std::move(*result);
  }

  // A reading every minute of `period`.
  void store(Timestamp from, std::chrono::minutes period, float temperature) {
    std::vector<NewReading> batch;
    for (minutes at{0}; at < period; at += minutes(1))
      batch.push_back({.device = device_,
                       .measured_at = from + at,
                       .received_at = from + at,
                       .boot_id = 1,
                       .seq = seq_++,
                       .temperature = temperature});
    ASSERT_EQ(run(repository_.commit(batch)).inserted, static_cast<std::int64_t>(batch.size()));
  }

  int pieces_of_housekeeping() {
    int pieces = 1;
    while (run(repository_.keep_house())) ++pieces;
    return pieces;
  }

  asio::io_context& io() { return runtime_.context(0); }

  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  Timestamp today_ = std::chrono::floor<days>(SystemClock().now());
  std::int32_t seq_ = 0;
  Runtime runtime_{1};
  app::Database pools_{runtime_, {.conninfo = database_.app(), .size = 2}};
  ReadingsRepository repository_{pools_};
};

TEST_F(Repository, finds_the_newest_reading_of_a_silent_pit_packed_or_not) {
  const PitId empty = database_.add_pit(workshop_, 2);
  EXPECT_FALSE(run(repository_.latest(workshop_, pit_)));
  EXPECT_TRUE(run(repository_.latest_of_workshop(workshop_)).empty());
  store(today_ - days(10), minutes(3), 21.5F);
  for (int packed = 0; packed < 2; ++packed) {
    const auto latest = run(repository_.latest(workshop_, pit_));
    ASSERT_TRUE(latest);
    EXPECT_EQ(latest->timestamp, today_ - days(10) + minutes(2));
    EXPECT_EQ(latest->temperature, 21.5);
    const auto all = run(repository_.latest_of_workshop(workshop_));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].pit_id, pit_);
    EXPECT_FALSE(run(repository_.latest(workshop_, empty)));
    if (packed == 0) EXPECT_EQ(pieces_of_housekeeping(), 4);  // closed, packed, dropped, nothing left
  }
  const Timestamp now = SystemClock().now();
  store(now, minutes(1), 23.0F);
  EXPECT_EQ(run(repository_.latest(workshop_, pit_))->timestamp, now);
  EXPECT_EQ(run(repository_.latest_of_workshop(workshop_))[0].timestamp, now);
}

TEST_F(Repository, packs_in_smaller_steps_when_one_takes_too_long) {
  for (int number = 2; number <= 10; ++number) database_.add_pit(workshop_, number);
  database_.db().query("SELECT platform.ensure_partition((now() AT TIME ZONE 'UTC')::date - 5)");
  database_.db().run_script(
      "INSERT INTO sensor_data SELECT workshop_id, id, id, date_trunc('day', now(), 'UTC') - interval '5 days' + n *"
      " interval '8 seconds', now(), 1, n FROM pits, generate_series(1, 10000) n;"
      // Stands for a slow disk: more than 40,000 readings at once are too much for it.
      "CREATE FUNCTION slow_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF (SELECT sum(n) FROM packed) > 40000 THEN RAISE EXCEPTION 'too long' USING ERRCODE = '57014'; END IF;"
      " RETURN NULL; END $$;"
      "CREATE TRIGGER slow_disk AFTER INSERT ON sensor_hours REFERENCING NEW TABLE AS packed"
      " FOR EACH STATEMENT EXECUTE FUNCTION slow_disk()");
  EXPECT_EQ(pieces_of_housekeeping(), 8);  // closed, too much, four of 25,000 and more, dropped, nothing left
  EXPECT_EQ(database_.db().query("SELECT sum(n)::bigint FROM sensor_hours")[0].get<std::int64_t>(0), 100'000);
}

}  // namespace
}  // namespace pitview::telemetry
