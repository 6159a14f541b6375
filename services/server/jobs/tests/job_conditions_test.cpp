// What the air was, against readings whose answer is known. Real PostgreSQL.
#include "jobs/job_conditions.h"

#include <gmock/gmock.h>

#include <cmath>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::jobs {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// For people: the Magnus formula once more, by hand.
double dew_point(double t, double rh) {
  const double gamma = std::log(rh / 100) + 17.62 * t / (243.12 + t);
  return 243.12 * gamma / (17.62 - gamma);
}

class Conditions : public ::testing::Test {
 protected:
  Conditions() {
    database_.assign(workshop_, device_, pit_);
    database_.db().query("SELECT platform.ensure_partition(($1::timestamptz AT TIME ZONE 'UTC')::date)", start_);
    database_.db().query("SELECT platform.ensure_partition(($1::timestamptz AT TIME ZONE 'UTC')::date)",
                         start_ + hours(6));
  }

  template <class T>
  static Awaitable<> keep(Awaitable<T> work, std::optional<T>& result) {
    result.emplace(co_await std::move(work));
  }
  template <class T>
  T run(Awaitable<T> work) {
    std::optional<T> result;
    run(keep(std::move(work), result));
    return std::move(*result);
  }
  void run(Awaitable<> work) {
    std::optional<std::exception_ptr> outcome;
    asio::co_spawn(io(), std::move(work), [&](std::exception_ptr failure) { outcome = failure; });
    io().restart();
    while (!outcome) io().run_one_for(seconds(30));
    if (*outcome) std::rethrow_exception(*outcome);
  }

  // A running job whose stages begin at these minutes; the last one is under way.
  void stages(std::vector<minutes> begins) {
    database_.db().query("UPDATE jobs SET actual_start_time = $2, estimated_end_time = $2 WHERE id = $1", job_, start_);
    for (std::size_t i = 0; i < begins.size(); ++i) {
      std::optional<Timestamp> finished;
      if (i + 1 < begins.size()) finished = start_ + begins[i + 1];
      database_.db().query(
          "INSERT INTO job_stages (workshop_id, job_id, position, name, weight, started_at, finished_at,"
          " temperature_min, temperature_max, humidity_min, humidity_max, dew_margin_min, aqi_max)"
          " VALUES ($1, $2, $3, 'Stage', 1, $4, $5, 15, 30, 30, 70, 3, 150)",
          workshop_, job_, static_cast<int>(i) + 1, start_ + begins[i], finished);
    }
  }
  void end_job(minutes at, std::string_view status = "completed") {
    database_.db().query("UPDATE jobs SET status = $2, actual_end_time = $3 WHERE id = $1", job_, status, start_ + at);
    database_.db().query("UPDATE job_stages SET finished_at = $2 WHERE job_id = $1 AND finished_at IS NULL", job_,
                         start_ + at);
  }

  // A reading every `every` of [from, to).
  void air(seconds from, seconds to, std::optional<double> temperature, std::optional<double> humidity,
           std::optional<int> aqi = 50, std::optional<int> accuracy = 3, seconds every = seconds(10)) {
    database_.db().query(
        "INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, seq, temperature,"
        " humidity, aqi, iaq_accuracy) SELECT $1, $2, $3, at, now(), $10::integer + row_number() OVER (), $6, $7, $8, "
        "$9"
        " FROM generate_series($4::timestamptz, $5::timestamptz - interval '1 second', make_interval(secs => $11)) at",
        workshop_, pit_, device_, start_ + from, start_ + to, temperature, humidity, aqi, accuracy, seq_,
        static_cast<double>(every.count()));
    seq_ += 10'000;
  }

  JobConditions look() {
    auto found = run(service_.find(owner_, job_));
    if (!found) throw std::runtime_error(found.error().detail);
    return std::move(*found);
  }

  asio::io_context& io() { return runtime_.context(0); }

  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  UserId customer_ = database_.add_user(workshop_, "customer", "customer");
  JobId job_ = database_.add_job(workshop_, pit_, customer_, "in_progress");
  Principal owner_{.user = database_.add_user(workshop_, "owner", "owner"), .workshop = workshop_, .role = Role::owner};
  Timestamp start_ = std::chrono::floor<days>(SystemClock().now()) - days(1) + hours(8);
  int seq_ = 0;
  ManualClock clock_{start_ + hours(6)};
  Runtime runtime_{1};
  app::Database pools_{runtime_, {.conninfo = database_.app(), .size = 2}};
  JobConditionsService service_{pools_, clock_};
};

TEST_F(Conditions, count_the_minutes_within_and_outside_of_each_band) {
  stages({minutes(0)});
  air(minutes(0), minutes(10), 24, 50);        // all well
  air(minutes(10), minutes(15), 32, 50);       // too warm
  air(minutes(15), minutes(17), 24, 75);       // too moist
  air(minutes(17), minutes(20), 24, 50, 180);  // bad air
  clock_.set(start_ + minutes(20));
  const JobConditions live = look();
  EXPECT_FALSE(live.frozen_at);
  EXPECT_FALSE(live.is_final);
  const AirSummary& air = live.air;
  EXPECT_EQ(air.measured_minutes, 20);
  EXPECT_EQ(air.judged_minutes, 20);
  EXPECT_EQ(air.in_spec_minutes, 10);
  EXPECT_EQ(air.temperature.in_spec_minutes, 15);
  EXPECT_EQ(air.humidity.in_spec_minutes, 18);
  EXPECT_EQ(air.air_quality.in_spec_minutes, 17);
  EXPECT_EQ(air.dew_point_margin.in_spec_minutes, 20);
  EXPECT_EQ(air.temperature.min, 24);
  EXPECT_EQ(air.temperature.max, 32);
  EXPECT_EQ(air.temperature.mean, 26) << "(15 × 24 + 5 × 32) / 20";
  EXPECT_EQ(air.air_quality.mean, 69.5);
  EXPECT_NEAR(*air.dew_point_margin.min, 24 - dew_point(24, 75), 0.005);
  EXPECT_NEAR(*air.dew_point_margin.max, 32 - dew_point(32, 50), 0.005);
}

TEST_F(Conditions, hold_the_edges_of_a_band_to_be_within_it) {
  stages({minutes(0)});
  air(minutes(0), minutes(1), 15, 30, 150);
  air(minutes(1), minutes(2), 30, 70, 150);
  clock_.set(start_ + minutes(2));
  EXPECT_EQ(look().air.in_spec_minutes, 2);
}

TEST_F(Conditions, know_air_near_its_dew_point) {
  stages({minutes(0)});
  air(minutes(0), minutes(1), 20, 82);  // 3.2 K
  air(minutes(1), minutes(3), 20, 84);  // 2.8 K
  air(minutes(3), minutes(4), 20, 0);   // no dew point
  clock_.set(start_ + minutes(4));
  const AirMeasure margin = look().air.dew_point_margin;
  EXPECT_EQ(margin.measured_minutes, 3);
  EXPECT_EQ(margin.in_spec_minutes, 1);
  EXPECT_NEAR(*margin.min, 20 - dew_point(20, 84), 0.005);
}

TEST_F(Conditions, agree_with_the_published_dew_points) {
  const auto of = [&](double t, double rh) {
    return database_.db().query("SELECT dew_point($1, $2)", t, rh)[0].get<std::optional<double>>(0);
  };
  EXPECT_NEAR(*of(28, 70), 22.0, 0.05);
  EXPECT_NEAR(*of(20, 50), 9.3, 0.05);
  EXPECT_NEAR(*of(25, 100), 25.0, 1e-9);
  EXPECT_NEAR(*of(-10, 80), -12.8, 0.1);
  EXPECT_EQ(of(20, 0), std::nullopt);
}

TEST_F(Conditions, leave_out_what_was_not_measured) {
  stages({minutes(0)});
  air(minutes(0), minutes(5), 24, 50);
  // Ten minutes without a reading: the last one holds for 30 s and no longer.
  air(minutes(15), minutes(20), std::nullopt, 50, std::nullopt);
  air(minutes(20), minutes(22), 24, 50, 60, 1);             // the air quality is not trusted
  air(minutes(22), minutes(24), 24, 50, 60, std::nullopt);  // a device that does not say
  clock_.set(start_ + minutes(24));
  const AirSummary air = look().air;
  EXPECT_NEAR(air.measured_minutes, 14.33, 0.01) << "5 + 1/3 + 9";
  EXPECT_NEAR(air.temperature.measured_minutes, 9.33, 0.01);
  EXPECT_NEAR(air.humidity.measured_minutes, 14.33, 0.01);
  EXPECT_NEAR(air.air_quality.measured_minutes, 7.33, 0.01);
  EXPECT_EQ(air.in_spec_minutes, air.judged_minutes);
}

TEST_F(Conditions, end_with_now_and_know_jobs_without_readings) {
  stages({minutes(0)});
  clock_.set(start_ + minutes(1));
  const JobConditions nothing = look();
  ASSERT_EQ(nothing.stages.size(), 1U);
  EXPECT_EQ(nothing.air.measured_minutes, 0);
  EXPECT_EQ(nothing.air.temperature.mean, std::nullopt);
  air(minutes(0), minutes(10), 24, 50);
  EXPECT_EQ(look().air.measured_minutes, 1) << "what lies in the future is not yet";
}

TEST_F(Conditions, judge_each_stage_by_its_own_bands) {
  stages({minutes(0), minutes(10), minutes(30)});
  database_.db().query("UPDATE job_stages SET temperature_max = 22 WHERE position = 2");
  database_.db().query(
      "UPDATE job_stages SET temperature_min = NULL, temperature_max = NULL, humidity_min = NULL, humidity_max = NULL,"
      " dew_margin_min = NULL, aqi_max = NULL WHERE position = 3");
  database_.db().query(
      "INSERT INTO job_stages (workshop_id, job_id, position, name, weight) VALUES ($1, $2, 4, 'Later', 1)", workshop_,
      job_);
  air(minutes(0), minutes(40), 24, 50);
  clock_.set(start_ + minutes(40));
  const JobConditions conditions = look();
  ASSERT_EQ(conditions.stages.size(), 3U) << "those that have begun";
  EXPECT_EQ(conditions.stages[0].air.in_spec_minutes, 10);
  EXPECT_EQ(conditions.stages[1].air.temperature.judged_minutes, 20);
  EXPECT_EQ(conditions.stages[1].air.temperature.in_spec_minutes, 0);
  EXPECT_EQ(conditions.stages[1].air.humidity.in_spec_minutes, 20);
  EXPECT_EQ(conditions.stages[1].air.in_spec_minutes, 0);
  EXPECT_EQ(conditions.stages[1].spec.temperature_max, 22);
  EXPECT_EQ(conditions.stages[2].air.judged_minutes, 0);
  EXPECT_EQ(conditions.stages[2].air.temperature.mean, 24);
  EXPECT_EQ(conditions.air.measured_minutes, 40);
  EXPECT_EQ(conditions.air.judged_minutes, 30);
  EXPECT_EQ(conditions.air.in_spec_minutes, 10);
  EXPECT_EQ(conditions.air.temperature.judged_minutes, 30);
  EXPECT_EQ(conditions.air.temperature.in_spec_minutes, 10);
}

TEST_F(Conditions, count_two_readings_of_one_moment_once) {
  stages({minutes(0)});
  air(minutes(0), minutes(2), 20, 50);
  air(minutes(0), minutes(2), 22, 50);
  clock_.set(start_ + minutes(2));
  EXPECT_EQ(look().air.measured_minutes, 2);
}

TEST_F(Conditions, freeze_at_the_end_and_for_good_three_days_later) {
  stages({minutes(0)});
  air(minutes(0), minutes(30), 24, 50);
  end_job(minutes(60));
  clock_.set(start_ + minutes(60));
  run(service_.freeze(workshop_, job_));
  const JobConditions frozen = look();
  EXPECT_EQ(frozen.frozen_at, clock_.now());
  EXPECT_FALSE(frozen.is_final);
  EXPECT_NEAR(frozen.air.measured_minutes, 30.33, 0.01);

  // The network was away; the device sends the second half now.
  air(minutes(30), minutes(60), 24, 50);
  clock_.advance(minutes(9));
  EXPECT_NEAR(look().air.measured_minutes, 30.33, 0.01) << "it was looked at a moment ago";
  clock_.advance(minutes(2));
  EXPECT_EQ(look().air.measured_minutes, 60);

  clock_.set(start_ + minutes(59) + days(3));
  run(service_.settle());
  EXPECT_FALSE(look().is_final) << "not a minute before";
  clock_.advance(minutes(1));
  run(service_.settle());
  const JobConditions final = look();
  EXPECT_TRUE(final.is_final);
  EXPECT_EQ(final.frozen_at, clock_.now());

  // Neither later readings nor their end change it.
  database_.db().query("DELETE FROM sensor_data");
  clock_.advance(days(100));
  run(service_.freeze(workshop_, job_));
  run(service_.settle());
  const JobConditions later = look();
  EXPECT_EQ(later.frozen_at, final.frozen_at);
  EXPECT_EQ(later.air.measured_minutes, 60);
  EXPECT_EQ(later.stages[0].air.temperature.mean, 24);
}

TEST_F(Conditions, are_made_final_by_housekeeping_though_nobody_looked) {
  stages({minutes(0)});
  air(minutes(0), minutes(60), 24, 50);
  end_job(minutes(60), "cancelled");
  const JobId waiting = database_.add_job(workshop_, pit_, customer_);
  clock_.set(start_ + minutes(61) + days(3));
  run(service_.settle());
  const auto marked = [&](JobId job) {
    return database_.db().query("SELECT conditions_final FROM jobs WHERE id = $1", job)[0].get<bool>(0);
  };
  EXPECT_TRUE(marked(job_));
  EXPECT_FALSE(marked(waiting));
  EXPECT_EQ(database_.db().query("SELECT measured_s FROM job_conditions")[0].get<double>(0), 3600);
}

TEST_F(Conditions, of_a_job_too_long_to_be_read_are_given_up_once) {
  stages({minutes(0)});
  end_job(minutes(60));
  database_.db().run_script(
      "CREATE FUNCTION too_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " RAISE EXCEPTION 'too long' USING ERRCODE = '57014'; END $$;"
      "CREATE TRIGGER too_slow BEFORE INSERT ON job_conditions FOR EACH ROW EXECUTE FUNCTION too_slow()");
  clock_.set(start_ + minutes(61) + days(3));
  run(service_.settle());
  const JobConditions given_up = look();
  EXPECT_TRUE(given_up.is_final);
  EXPECT_TRUE(given_up.stages.empty());
}

TEST_F(Conditions, of_readings_that_are_packed_are_the_same) {
  start_ = std::chrono::floor<days>(SystemClock().now()) - days(5) + hours(8);
  database_.db().query("SELECT platform.ensure_partition(($1::timestamptz AT TIME ZONE 'UTC')::date)", start_);
  stages({minutes(0), minutes(70)});
  air(minutes(0), minutes(100), 24.25, 50.5);
  air(minutes(100), minutes(140), 31, 50.5);
  clock_.set(start_ + minutes(140));
  const JobConditions open = look();
  for (std::string outcome = "more"; outcome == "more";)
    outcome = database_.db().query("SELECT platform.pack_readings()")[0].get<std::string>(0);
  ASSERT_GT(database_.db().query("SELECT count(*) FROM sensor_hours")[0].get<std::int64_t>(0), 0);
  const JobConditions packed = look();
  EXPECT_EQ(packed.air.measured_minutes, 140);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(packed.stages[i].air.in_spec_minutes, open.stages[i].air.in_spec_minutes);
    EXPECT_EQ(packed.stages[i].air.temperature.mean, open.stages[i].air.temperature.mean);
    EXPECT_EQ(packed.stages[i].air.dew_point_margin.min, open.stages[i].air.dew_point_margin.min);
  }
}

TEST_F(Conditions, are_for_those_who_may_see_the_job) {
  stages({minutes(0)});
  const UserId operator_ = database_.add_user(workshop_, "operator", "operator");
  const UserId stranger = database_.add_user(workshop_, "stranger", "customer");
  const WorkshopId elsewhere = database_.add_workshop("workshop_002");
  const auto sees = [&](Principal principal) { return run(service_.find(principal, job_)).has_value(); };
  EXPECT_TRUE(sees({.user = customer_, .workshop = workshop_, .role = Role::customer}));
  EXPECT_FALSE(sees({.user = stranger, .workshop = workshop_, .role = Role::customer}));
  EXPECT_FALSE(sees({.user = operator_, .workshop = workshop_, .role = Role::operator_}));
  database_.db().query("INSERT INTO staff_pit_permissions (workshop_id, user_id, pit_id) VALUES ($1, $2, $3)",
                       workshop_, operator_, pit_);
  EXPECT_TRUE(sees({.user = operator_, .workshop = workshop_, .role = Role::operator_}));
  EXPECT_FALSE(sees({.user = owner_.user, .workshop = elsewhere, .role = Role::owner}));
}

}  // namespace
}  // namespace pitview::jobs
