// A sensor that fails, and what is published meanwhile and after.

#include <gtest/gtest.h>

#include <algorithm>

#include "core/sensor/sampler.h"
#include "tests/sensor/published.h"
#include "tests/sensor/sampler_rig.h"

namespace pitview::fw {
namespace {

using namespace testing;

constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kHour = 60 * kMinute;

TEST(SamplerFaults, without_a_sensor_intervals_are_empty_but_come) {
  SamplerRig rig;
  rig.fake.plugged = false;
  rig.start();
  const auto published = rig.run(kMinute);
  EXPECT_EQ(published.size(), 6U);
  EXPECT_TRUE(std::all_of(published.begin(), published.end(), is_empty));
  EXPECT_EQ(rig.sampler.state(), SensorState::fault);
  EXPECT_EQ(rig.sampler.fault(), Bme680Fault::no_answer);
}

TEST(SamplerFaults, a_sensor_pulled_out_gives_no_number_not_the_last_good_one) {
  SamplerRig rig;
  rig.start();
  rig.run(2 * kHour);
  ASSERT_EQ(rig.sampler.state(), SensorState::ok);
  rig.fake.plugged = false;
  rig.run(10'000);
  EXPECT_EQ(rig.sampler.state(), SensorState::fault);
  for (const auto& air : rig.run(kMinute)) EXPECT_TRUE(is_empty(air));
}

TEST(SamplerFaults, what_was_measured_before_it_failed_is_the_interval_s_value) {
  SamplerRig rig;
  rig.fake.set_air({22.5, 48, 1003.2, 120'000});
  rig.start();
  rig.run(5'000);
  rig.fake.plugged = false;
  const auto published = rig.run(5'000);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NEAR(published[0].temperature_c.value(), 22.5, 0.01);
}

TEST(SamplerFaults, plugged_in_again_it_is_found_within_a_minute) {
  SamplerRig rig;
  rig.start();
  rig.run(kMinute);
  rig.fake.plugged = false;
  rig.run(kHour);
  rig.fake.power_cycle();
  rig.fake.plugged = true;
  rig.run(kMinute + 1'000);
  EXPECT_EQ(rig.sampler.state(), SensorState::warmup);
  const auto air = rig.run(10'000).at(0);
  EXPECT_TRUE(air.temperature_c && air.humidity_rh && air.pressure_hpa && air.gas_ohm);
  EXPECT_FALSE(air.aqi) << "its plate was cold for an hour";
}

TEST(SamplerFaults, a_missing_sensor_is_asked_for_less_and_less_often) {
  SamplerRig rig;
  rig.fake.plugged = false;
  rig.start();
  const auto attempts_in = [&](std::uint64_t ms) {
    const int before = rig.fake.transfers();
    rig.run(ms);
    return (rig.fake.transfers() - before) / 2;  // both addresses
  };
  EXPECT_EQ(attempts_in(999), 0);
  EXPECT_EQ(attempts_in(1), 1);
  EXPECT_EQ(attempts_in(2'000), 1);
  EXPECT_EQ(attempts_in(4'000), 1);
  EXPECT_EQ(attempts_in(8'000), 1);
  EXPECT_EQ(attempts_in(16'000), 1);
  EXPECT_EQ(attempts_in(32'000), 1);
  EXPECT_EQ(attempts_in(kMinute), 1);
  EXPECT_EQ(attempts_in(kHour), 60);
}

TEST(SamplerFaults, a_sensor_that_worked_again_is_asked_for_soon_when_it_fails_next) {
  SamplerRig rig;
  rig.fake.plugged = false;
  rig.start();
  rig.run(kHour);
  rig.fake.plugged = true;
  rig.run(2 * kMinute);
  rig.fake.nack_after = 0;
  const auto published = rig.run(kMinute);
  EXPECT_TRUE(std::none_of(published.begin(), published.end(), is_empty)) << "set up again after a second";
}

TEST(SamplerFaults, one_bit_lost_on_the_bus_is_no_fault) {
  SamplerRig rig;
  rig.start();
  rig.run(2 * kHour);
  rig.fake.nack_after = 0;
  for (int i = 0; i < 40; ++i) {
    for (const auto& air : rig.run(500)) EXPECT_TRUE(air.aqi);
    EXPECT_EQ(rig.sampler.state(), SensorState::ok);
  }
  EXPECT_EQ(rig.fake.nack_after, -1) << "it did happen";
}

TEST(SamplerFaults, the_second_failure_in_a_row_is_a_fault) {
  SamplerRig rig;
  rig.fake.plugged = false;
  rig.start();
  EXPECT_EQ(rig.sampler.state(), SensorState::warmup);
  rig.run(Sampler::kRetryMs);
  EXPECT_EQ(rig.sampler.state(), SensorState::fault);
}

TEST(SamplerFaults, a_wrong_chip_is_a_fault_that_says_so) {
  SamplerRig rig;
  rig.fake.chip_id = 0x60;  // a BME280
  rig.start();
  const auto published = rig.run(kMinute);
  EXPECT_TRUE(std::all_of(published.begin(), published.end(), is_empty));
  EXPECT_EQ(rig.sampler.state(), SensorState::fault);
  EXPECT_EQ(rig.sampler.fault(), Bme680Fault::foreign_chip);
}

TEST(SamplerFaults, a_sensor_that_hangs_is_reset_and_goes_on) {
  SamplerRig rig;
  rig.start();
  rig.run(kMinute);
  rig.fake.never_finishes = true;
  rig.run(2 * kMinute);
  EXPECT_EQ(rig.sampler.state(), SensorState::fault);
  EXPECT_EQ(rig.sampler.fault(), Bme680Fault::no_data);
  EXPECT_TRUE(is_empty(rig.run(10'000).at(0)));
  rig.fake.never_finishes = false;
  rig.run(2 * kMinute);
  EXPECT_EQ(rig.sampler.state(), SensorState::warmup);
  EXPECT_FALSE(is_empty(rig.run(10'000).at(0)));
}

TEST(SamplerFaults, another_sensor_in_its_place_is_calibrated_anew) {
  SamplerRig rig;
  rig.fake.set_air({22.5, 48, 1003.2, 120'000});
  rig.start();
  rig.run(kMinute);
  rig.fake.replace(pimoroni_calibration());
  for (const auto& air : rig.run(kMinute)) {
    EXPECT_NEAR(air.temperature_c.value(), 22.5, 0.01);
    EXPECT_NEAR(air.pressure_hpa.value(), 1003.2, 0.01);
  }
}

TEST(SamplerFaults, stopped_in_a_fault_it_stays_silent_and_starts_again) {
  SamplerRig rig;
  rig.fake.plugged = false;
  rig.start();
  rig.run(kMinute);
  const int transfers = rig.fake.transfers();
  rig.sampler.stop();
  EXPECT_EQ(rig.sampler.state(), SensorState::idle);
  rig.run(kHour);
  EXPECT_EQ(rig.fake.transfers(), transfers) << "there is nobody to be sent to sleep";
  rig.fake.plugged = true;
  rig.start();
  EXPECT_FALSE(is_empty(rig.run(10'000).at(0)));
}

}  // namespace
}  // namespace pitview::fw
