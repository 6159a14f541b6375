#include "core/sensor/sampler.h"

#include <gtest/gtest.h>

#include "tests/sensor/sampler_rig.h"

namespace pitview::fw {
namespace {

using namespace testing;

constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kHour = 60 * kMinute;

TEST(Sampler, gives_the_air_every_interval) {
  SamplerRig rig;
  rig.fake.set_air({22.5, 48, 1003.2, 120'000});
  rig.start();
  const auto published = rig.run(kMinute);
  ASSERT_EQ(published.size(), 6U);
  for (const auto& air : published) {
    EXPECT_NEAR(air.temperature_c.value(), 22.5, 0.01);
    EXPECT_NEAR(air.humidity_rh.value(), 48, 0.02);
    EXPECT_NEAR(air.pressure_hpa.value(), 1003.2, 0.01);
    EXPECT_NEAR(air.gas_ohm.value(), 120'000, 300);
  }
  EXPECT_EQ(rig.fake.measurements(), 20) << "one every 3 s";
}

TEST(Sampler, a_value_is_the_mean_of_the_interval) {
  SamplerRig rig;
  rig.fake.set_air({20, 40, 1000, 100'000});
  rig.start();
  rig.run(5'000);  // measurements begin at 0, 3 | 6 and 9 s
  rig.fake.set_air({30, 60, 1010, 50'000});
  const auto published = rig.run(5'000);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NEAR(published[0].temperature_c.value(), 25, 0.01);
  EXPECT_NEAR(published[0].humidity_rh.value(), 50, 0.05);
  EXPECT_NEAR(published[0].pressure_hpa.value(), 1005, 0.01);
  EXPECT_NEAR(published[0].gas_ohm.value(), 75'000, 200);
  const auto next = rig.run(10'000);
  EXPECT_NEAR(next.at(0).temperature_c.value(), 30, 0.01) << "nothing of the interval before is left";
}

TEST(Sampler, offsets_are_added_and_humidity_stays_within_its_limits) {
  SamplerRig rig;
  rig.fake.set_air({22.5, 48, 1003.2, 120'000});
  rig.sampler.set_offsets(-1.2F, 2.5F);
  rig.start();
  auto air = rig.run(10'000).at(0);
  EXPECT_NEAR(air.temperature_c.value(), 21.3, 0.01);
  EXPECT_NEAR(air.humidity_rh.value(), 50.5, 0.02);
  EXPECT_NEAR(air.pressure_hpa.value(), 1003.2, 0.01);
  rig.sampler.set_offsets(0, 60);
  EXPECT_EQ(rig.run(10'000).at(0).humidity_rh, 100.F);
  rig.sampler.set_offsets(0, -60);
  EXPECT_EQ(rig.run(10'000).at(0).humidity_rh, 0.F);
}

TEST(Sampler, an_offset_of_humidity_does_not_change_the_index) {
  const auto index = [](float offset) {
    SamplerRig rig;
    rig.start();
    rig.run(2 * kHour);
    rig.sampler.set_offsets(0, offset);
    rig.fake.set_air({21, 45, 1013.25, 50'000});
    return rig.run(20'000).back().aqi;
  };
  EXPECT_EQ(index(0), index(20));
  EXPECT_GT(index(0).value(), 100);
}

TEST(Sampler, late_ticks_do_not_move_the_grid) {
  SamplerRig rig;
  rig.start();
  int published = 0;
  for (int interval = 1; interval <= 100; ++interval) {
    const std::uint64_t end = SamplerRig::kStartMs + std::uint64_t{10'000} * interval;
    while (rig.sampler.next_due_ms() < end) {
      rig.clock.uptime = rig.sampler.next_due_ms() + 170;  // always late
      if (rig.clock.uptime >= end) break;
      ASSERT_FALSE(rig.sampler.tick(rig.clock.uptime));
    }
    rig.clock.uptime = end + 900;
    published += rig.sampler.tick(rig.clock.uptime).has_value();
  }
  EXPECT_EQ(published, 100);
  EXPECT_NEAR(rig.fake.measurements(), 333, 2);
}

TEST(Sampler, a_tick_that_missed_intervals_gives_one_value_and_is_back_on_the_grid) {
  SamplerRig rig;
  rig.start();
  rig.run(10'000);
  rig.clock.advance(35'000);
  EXPECT_TRUE(rig.sampler.tick(rig.clock.uptime));
  EXPECT_FALSE(rig.sampler.tick(rig.clock.uptime)) << "the missed intervals are not made up";
  const std::uint64_t next = SamplerRig::kStartMs + 50'000;
  EXPECT_TRUE(rig.run(next - 1 - rig.clock.uptime).empty());
  EXPECT_EQ(rig.run(1).size(), 1U);
}

TEST(Sampler, between_two_things_to_do_the_bus_is_left_alone) {
  SamplerRig rig;
  rig.start();
  rig.run(1'000);
  const int transfers = rig.fake.transfers();
  EXPECT_EQ(rig.sampler.next_due_ms(), SamplerRig::kStartMs + 3'000);
  rig.sampler.tick(SamplerRig::kStartMs + 2'999);
  EXPECT_EQ(rig.fake.transfers(), transfers);
}

TEST(Sampler, warms_up_until_the_index_can_be_trusted) {
  SamplerRig rig;
  rig.start();
  EXPECT_EQ(rig.sampler.state(), SensorState::warmup);
  auto air = rig.run(4 * kMinute).back();
  EXPECT_FALSE(air.aqi) << "burn-in";
  EXPECT_EQ(air.iaq_accuracy, 0);
  EXPECT_TRUE(air.gas_ohm);
  air = rig.run(2 * kMinute).back();
  EXPECT_TRUE(air.aqi);
  EXPECT_EQ(air.iaq_accuracy, 1);
  EXPECT_EQ(rig.sampler.state(), SensorState::warmup);
  air = rig.run(kHour).back();
  EXPECT_EQ(air.iaq_accuracy, 2);
  EXPECT_EQ(rig.sampler.state(), SensorState::ok);
}

TEST(Sampler, solvent_in_the_air_shows_in_the_index) {
  SamplerRig rig;
  rig.fake.set_air({21, 45, 1013.25, 150'000});
  rig.start();
  EXPECT_LT(rig.run(2 * kHour).back().aqi.value(), 5);
  rig.fake.set_air({21, 45, 1013.25, 37'500});
  rig.run(10'000);
  EXPECT_NEAR(rig.run(10'000).at(0).aqi.value(), 200, 5);
}

TEST(Sampler, unstable_gas_readings_do_not_count_but_the_rest_does) {
  SamplerRig rig;
  rig.start();
  rig.run(2 * kHour);
  ASSERT_EQ(rig.sampler.state(), SensorState::ok);
  rig.fake.heat_stable = false;
  const auto air = rig.run(20'000).back();
  EXPECT_TRUE(air.temperature_c && air.humidity_rh && air.pressure_hpa);
  EXPECT_FALSE(air.gas_ohm);
  EXPECT_FALSE(air.aqi);
  EXPECT_EQ(air.iaq_accuracy, 0);
  EXPECT_EQ(rig.sampler.state(), SensorState::warmup);
  rig.fake.heat_stable = true;
  rig.run(20'000);
  EXPECT_EQ(rig.sampler.state(), SensorState::ok);
}

TEST(Sampler, one_stable_gas_reading_in_an_interval_is_its_value) {
  SamplerRig rig;
  rig.fake.heat_stable = false;
  rig.fake.set_air({21, 45, 1013.25, 1'000});
  rig.start();
  rig.run(8'000);
  rig.fake.heat_stable = true;
  rig.fake.set_air({21, 45, 1013.25, 80'000});
  EXPECT_NEAR(rig.run(2'000).at(0).gas_ohm.value(), 80'000, 200);
}

// The words of contracts/mqtt/status.schema.json, and one for a device that is switched off.
TEST(Sampler, its_states_have_names) {
  EXPECT_EQ(to_text(SensorState::idle), "idle");
  EXPECT_EQ(to_text(SensorState::warmup), "warmup");
  EXPECT_EQ(to_text(SensorState::ok), "ok");
  EXPECT_EQ(to_text(SensorState::fault), "fault");
}

TEST(Sampler, not_started_it_does_nothing) {
  SamplerRig rig;
  EXPECT_EQ(rig.sampler.state(), SensorState::idle);
  EXPECT_EQ(rig.sampler.next_due_ms(), UINT64_MAX);
  EXPECT_FALSE(rig.sampler.tick(rig.clock.uptime + kHour));
  EXPECT_EQ(rig.fake.transfers(), 0);
}

TEST(Sampler, stopped_the_sensor_sleeps_with_its_heater_off) {
  SamplerRig rig;
  rig.start();
  rig.run(10'000);
  rig.run(SamplerRig::kSampleMs - 1'000 + 50);  // in the middle of a measurement
  ASSERT_TRUE(rig.fake.heater_on());
  rig.sampler.stop();
  EXPECT_FALSE(rig.fake.heater_on());
  EXPECT_EQ(rig.sampler.state(), SensorState::idle);
  EXPECT_EQ(rig.sampler.next_due_ms(), UINT64_MAX);
  const int transfers = rig.fake.transfers();
  rig.clock.advance(kHour);
  EXPECT_FALSE(rig.sampler.tick(rig.clock.uptime));
  EXPECT_EQ(rig.fake.transfers(), transfers);
}

TEST(Sampler, started_again_it_measures_and_still_knows_clean_air) {
  SamplerRig rig;
  rig.fake.set_air({21, 45, 1013.25, 150'000});
  rig.start();
  rig.run(2 * kHour + 5'000);
  rig.sampler.stop();
  rig.clock.advance(kHour);
  rig.fake.set_air({5, 45, 1013.25, 75'000});
  rig.start();
  EXPECT_EQ(rig.sampler.state(), SensorState::warmup);
  EXPECT_NEAR(rig.run(10'000).at(0).temperature_c.value(), 5, 0.01) << "nothing from before the stop";
  const auto air = rig.run(6 * kMinute).back();
  EXPECT_NEAR(air.aqi.value(), 100, 5);
  EXPECT_EQ(air.iaq_accuracy, 2);
  EXPECT_EQ(rig.sampler.state(), SensorState::ok);
}

}  // namespace
}  // namespace pitview::fw
