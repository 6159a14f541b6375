// What the monitor makes of silence, cameras and a restart. Real PostgreSQL; the clock is turned.
#include "alerts/alert_monitor.h"

#include <gmock/gmock.h>
#include <prometheus/registry.h>

#include <functional>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::alerts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AlertWatch : public ::testing::Test {
 protected:
  AlertWatch() {
    database_.assign(workshop_, device_, pit_);
    database_.db().query("UPDATE pits SET camera_rtsp_url_sealed = 'sealed' WHERE id = $1", pit_);
  }

  ~AlertWatch() override {
    bool ended = false;
    asio::co_spawn(io(), finish(), [&](std::exception_ptr) { ended = true; });
    EXPECT_TRUE(eventually([&] { return ended; }));
  }

  Awaitable<> finish() {
    co_await monitor_.stop();
    co_await writer_.stop();
    co_await pools_.close();
  }

  bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(30);
    io().restart();
    while (!holds() && std::chrono::steady_clock::now() < deadline) io().run_one_for(std::chrono::milliseconds(20));
    return holds();
  }

  void start() {
    bool loaded = false;
    asio::co_spawn(io(), monitor_.load(), [&](std::exception_ptr failure) {
      EXPECT_FALSE(failure);
      loaded = true;
    });
    ASSERT_TRUE(eventually([&] { return loaded; }));
    writer_.start();
    monitor_.start();
    look();
  }

  // Until it has looked at least once since the call, and what it found is written.
  void look() {
    const int before = looks_;
    ASSERT_TRUE(eventually([&] { return looks_ >= before + 2 && writer_.waiting() == 0; }));
  }
  void look_in(std::chrono::seconds time) {
    clock_.advance(time);
    look();
  }

  void install(Timestamp heard_at) {
    directory_.replace({telemetry::Device{.key = device_,
                                          .device_id = "ESP32-000000000001",
                                          .workshop = workshop_,
                                          .pit = pit_,
                                          .assigned_at = clock_.now() - minutes(60),
                                          .licence = licence_}});
    directory_.find(device_)->heard_at = heard_at;
  }
  void hear() { directory_.find(device_)->heard_at = clock_.now(); }

  bool eventually_open(const std::vector<std::string>& types) {
    return eventually([&] { return open() == types; });
  }
  std::vector<std::string> open() {
    std::vector<std::string> all;
    for (const postgres::Row& row :
         database_.db().query("SELECT alert_type FROM alerts WHERE resolved_at IS NULL ORDER BY alert_type"))
      all.push_back(row.get<std::string>(0));
    return all;
  }
  asio::io_context& io() { return runtime_.context(0); }

  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  ManualClock clock_{SystemClock().now()};
  LicenceState licence_{};
  Runtime runtime_{1};
  app::Database pools_{runtime_, {.conninfo = database_.app(), .size = 2}};
  prometheus::Registry registry_;
  AlertMetrics metrics_{registry_};
  AlertsRepository repository_{pools_};
  AlertRulesRepository rules_{pools_};
  live::Hub hub_{runtime_, clock_};
  telemetry::DeviceDirectory directory_;
  int looks_ = 0;
  bool hears_ = true;
  AlertWriter writer_{io().get_executor(), {repository_, hub_, clock_, metrics_}};
  AlertMonitor monitor_{io().get_executor(),
                        {repository_, rules_, directory_, writer_, metrics_, clock_,
                         [this] {
                           ++looks_;
                           return hears_;
                         },
                         std::chrono::milliseconds(5)}};
};

TEST_F(AlertWatch, misses_a_device_after_a_minute_without_a_sign_of_life) {
  install(clock_.now());
  start();
  look_in(seconds(50));
  EXPECT_THAT(open(), IsEmpty());
  look_in(seconds(11));
  EXPECT_TRUE(eventually_open({"device_offline"}));
  hear();
  EXPECT_TRUE(eventually_open({}));
  look_in(seconds(59));
  EXPECT_THAT(open(), IsEmpty()) << "counted from the last sign";
}

TEST_F(AlertWatch, takes_no_silence_for_granted_that_it_could_not_hear) {
  install(clock_.now());
  start();
  hears_ = false;
  look_in(minutes(10));
  EXPECT_THAT(open(), IsEmpty());
  hears_ = true;
  look();
  look_in(seconds(50));
  EXPECT_THAT(open(), IsEmpty()) << "counted from when it hears again";
  look_in(seconds(11));
  EXPECT_TRUE(eventually_open({"device_offline"}));
}

TEST_F(AlertWatch, does_not_miss_a_device_that_has_yet_to_speak) {
  install({});
  start();
  look_in(minutes(10));
  EXPECT_THAT(open(), IsEmpty());
  // Heard before this server began, as the database knows.
  database_.db().query("UPDATE devices SET last_seen_at = now()");
  monitor_.changed();
  EXPECT_TRUE(eventually_open({"device_offline"}));
}

TEST_F(AlertWatch, lets_go_of_a_device_whose_licence_has_ended) {
  install(clock_.now());
  start();
  look_in(seconds(61));
  ASSERT_TRUE(eventually_open({"device_offline"}));
  licence_.subscription = SubscriptionStatus::suspended;
  install(clock_.now());
  EXPECT_TRUE(eventually_open({}));
}

TEST_F(AlertWatch, misses_a_camera_after_half_a_minute) {
  install(clock_.now());
  start();
  look_in(seconds(40));
  EXPECT_THAT(open(), IsEmpty()) << "nobody has said anything of it";
  monitor_.camera(pit_, true);
  monitor_.camera(pit_, false);
  look();
  hear();
  look_in(seconds(29));
  EXPECT_THAT(open(), IsEmpty());
  monitor_.camera(pit_, false);  // still
  look_in(seconds(2));
  EXPECT_TRUE(eventually_open({"camera_offline"}));
  monitor_.camera(pit_, true);
  EXPECT_TRUE(eventually_open({}));
}

TEST_F(AlertWatch, remembers_a_camera_that_it_heard_of_before_its_pit) {
  monitor_.camera(pit_, false);
  install(clock_.now());
  start();
  hear();
  look_in(seconds(31));
  EXPECT_TRUE(eventually_open({"camera_offline"}));
}

TEST_F(AlertWatch, forgets_a_camera_whose_pictures_nobody_wants) {
  install(clock_.now());
  start();
  monitor_.camera(pit_, false);
  look();
  hear();
  look_in(seconds(31));
  ASSERT_TRUE(eventually_open({"camera_offline"}));
  monitor_.camera(pit_, std::nullopt);
  EXPECT_TRUE(eventually_open({}));
}

TEST_F(AlertWatch, judges_live_readings_only) {
  install(clock_.now());
  start();
  const auto show = [&](Timestamp at) {
    monitor_.shown({.pit_id = pit_,
                    .temperature = 5,
                    .humidity = {},
                    .aqi = {},
                    .pressure = {},
                    .iaq_accuracy = {},
                    .timestamp = at});
  };
  const Timestamp now = clock_.now();
  for (int i = 0; i < 10; ++i) show(now - minutes(30) + seconds(10 * i));
  look();
  EXPECT_THAT(open(), IsEmpty()) << "it waited in the broker";
  for (int i = 0; i < 7; ++i) show(now - minutes(2) + seconds(10 * i));
  EXPECT_TRUE(eventually_open({"temp_out_of_range"}));
}

TEST_F(AlertWatch, takes_up_what_was_open_and_ends_what_nobody_watches) {
  const PitId in_maintenance = database_.add_pit(workshop_, 2);
  database_.db().query("UPDATE pits SET status = 'maintenance' WHERE id = $1", in_maintenance);
  for (const PitId pit : {pit_, in_maintenance})
    database_.db().query(
        "INSERT INTO alerts (workshop_id, pit_id, alert_type, severity, message)"
        " VALUES ($1, $2, 'temp_out_of_range', 'warning', 'Cold')",
        workshop_, pit);
  install(clock_.now());
  start();
  EXPECT_TRUE(eventually_open({"temp_out_of_range"}));
  EXPECT_EQ(monitor_.open(), 1U);
  EXPECT_EQ(database_.db().query("SELECT detail FROM alert_events")[0].get<std::string>(0), "not_watched");
}

}  // namespace
}  // namespace pitview::alerts
