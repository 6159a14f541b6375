// Charts across open and packed days. Real PostgreSQL.
#include "telemetry/history_repository.h"

#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"
#include "telemetry/readings_repository.h"

namespace pitview::telemetry {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class History : public ::testing::Test {
 protected:
  History() { database_.assign(workshop_, device_, pit_); }

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

  // A reading every minute of `period`, warmer by 1 each.
  void store(Timestamp from, minutes period, float temperature) {
    std::vector<NewReading> batch;
    for (minutes at{0}; at < period; at += minutes(1))
      batch.push_back({.device = device_,
                       .measured_at = from + at,
                       .received_at = from + at,
                       .boot_id = 1,
                       .seq = seq_++,
                       .temperature = temperature + static_cast<float>(at.count()),
                       .aqi = static_cast<std::int16_t>(at.count() % 2)});
    ASSERT_EQ(run(readings_.commit(batch)).inserted, static_cast<std::int64_t>(batch.size()));
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
  ReadingsRepository readings_{pools_};
  HistoryRepository history_{pools_};
};

TEST_F(History, is_the_same_open_packed_and_rolled_up) {
  store(today_ - days(10), minutes(60), 0.0F);
  store(today_ - days(1), minutes(60), -30.0F);
  const Timestamp from = today_ - days(10);
  for (int state = 0; state < 4; ++state) {
    const auto raw = run(history_.readings(workshop_, pit_, {from, 0}, today_, 1000));
    ASSERT_EQ(raw.size(), 120U);
    EXPECT_EQ(raw.front().timestamp, from);
    EXPECT_EQ(raw.back().temperature, 29);
    EXPECT_FALSE(raw.front().min);

    for (const Source source : {Source::minutes, Source::quarters}) {
      const auto points = run(history_.buckets(workshop_, pit_, from, today_, {source, minutes(30)}));
      ASSERT_EQ(points.size(), 4U) << "and none in the gap";
      EXPECT_EQ(points[1].timestamp, from + minutes(30));
      EXPECT_EQ(points[1].n, 30);
      EXPECT_EQ(points[1].temperature, 44.5);
      EXPECT_EQ(points[1].min->temperature, 30);
      EXPECT_EQ(points[1].max->temperature, 59);
      EXPECT_EQ(points[1].min->aqi, 0);
      EXPECT_EQ(points[1].max->aqi, 1);
      EXPECT_EQ(points[1].humidity, std::nullopt);
      EXPECT_EQ(points[1].min->humidity, std::nullopt);
      EXPECT_EQ(points[2].timestamp, today_ - days(1));
    }
    if (state % 2 == 0)
      while (run(history_.roll_up())) continue;
    if (state == 1)
      while (run(readings_.keep_house())) continue;
  }
}

TEST_F(History, has_nothing_from_outside_the_range) {
  const Timestamp start = today_ - days(1);
  store(start, minutes(60), 0.0F);
  for (int rolled_up = 0; rolled_up < 2; ++rolled_up) {
    const auto points = run(
        history_.buckets(workshop_, pit_, start + minutes(7), start + minutes(52), {Source::quarters, minutes(15)}));
    ASSERT_EQ(points.size(), 4U);
    EXPECT_EQ(points[0].timestamp, start + minutes(7)) << "not before the range";
    EXPECT_EQ(points[0].min->temperature, 7);
    EXPECT_EQ(points[0].n, 8);
    EXPECT_EQ(points[3].max->temperature, 51);
    EXPECT_EQ(points[3].n, 7);
    while (run(history_.roll_up())) continue;
  }
}

TEST_F(History, comes_page_by_page) {
  store(today_ - days(1), minutes(10), 0.0F);
  store(today_ - days(1), minutes(10), 0.5F);  // each time twice
  RawCursor cursor{today_ - days(1), 0};
  std::vector<double> all;
  for (int page = 0; page < 7; ++page) {
    const auto points = run(history_.readings(workshop_, pit_, cursor, today_, 3));
    ASSERT_FALSE(points.empty());
    for (const HistoryPoint& point : points) all.push_back(*point.temperature);
    cursor = cursor.behind(points);
  }
  ASSERT_EQ(all.size(), 20U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<double>(i) / 2);
  EXPECT_TRUE(run(history_.readings(workshop_, pit_, cursor, today_, 3)).empty());
}

}  // namespace
}  // namespace pitview::telemetry
