#include "core/sensor/bme680.h"

#include <gtest/gtest.h>

#include "core/sensor/bme680_registers.h"
#include "tests/sensor/rig.h"

namespace pitview::fw {
namespace {

using namespace testing;
using State = Bme680::State;

TEST(Bme680, measures_the_air) {
  DriverRig rig;
  rig.fake.set_air({22.5, 48, 1003.2, 120'000});
  rig.set_up();
  ASSERT_EQ(rig.driver.state(), State::ready);
  const auto sample = rig.measure();
  ASSERT_TRUE(sample);
  EXPECT_NEAR(sample->temperature_c, 22.5, 0.01);
  EXPECT_NEAR(sample->humidity_rh, 48, 0.02);
  EXPECT_NEAR(sample->pressure_hpa, 1003.2, 0.01);
  ASSERT_TRUE(sample->gas_ohm);
  EXPECT_NEAR(*sample->gas_ohm, 120'000, 300);
  EXPECT_EQ(rig.driver.state(), State::ready);
}

TEST(Bme680, is_found_at_the_second_address) {
  DriverRig rig(0x77);
  rig.set_up();
  EXPECT_EQ(rig.driver.state(), State::ready);
  EXPECT_TRUE(rig.measure());
}

TEST(Bme680, sets_the_sensor_up_as_documented) {
  DriverRig rig;
  rig.fake.set_air({25, 48, 1003.2, 120'000});
  rig.set_up();
  rig.driver.start(rig.now());
  EXPECT_EQ(rig.fake.reg(bme680::kCtrlMeas), 0b100'011'01) << "T×8, P×4, forced";
  EXPECT_EQ(rig.fake.reg(bme680::kCtrlHum), 0b010) << "H×2";
  EXPECT_EQ(rig.fake.reg(bme680::kCtrlGas1), 0x10) << "gas measurement with set-point 0";
  EXPECT_EQ(rig.fake.reg(bme680::kCtrlGas0), 0) << "heater allowed";
  EXPECT_EQ(bme680_gas_wait_ms(rig.fake.reg(bme680::kGasWait0)), 152U);
  EXPECT_EQ(rig.fake.reg(bme680::kResHeat0), bme680_heater_resistance(FakeBme680::typical_calibration(), 320, 25));
  EXPECT_TRUE(rig.fake.heater_on());
}

TEST(Bme680, heats_by_the_temperature_it_measured_last) {
  DriverRig rig;
  rig.fake.set_air({-20, 48, 1003.2, 120'000});
  rig.set_up();
  rig.measure();
  rig.measure();
  const auto calibration = FakeBme680::typical_calibration();
  EXPECT_EQ(rig.fake.reg(bme680::kResHeat0), bme680_heater_resistance(calibration, 320, -20));
  EXPECT_NE(rig.fake.reg(bme680::kResHeat0), bme680_heater_resistance(calibration, 320, 25));
}

TEST(Bme680, leaves_the_bus_alone_until_the_time_is_over) {
  DriverRig rig;
  rig.driver.set_up(rig.now());
  const int after_reset = rig.fake.transfers();
  EXPECT_EQ(rig.driver.next_due_ms(), rig.now() + Bme680::kResetMs);
  rig.driver.poll(rig.now() + Bme680::kResetMs - 1);
  EXPECT_EQ(rig.fake.transfers(), after_reset);
  rig.finish();

  rig.driver.start(rig.now());
  const int after_start = rig.fake.transfers();
  EXPECT_EQ(rig.driver.next_due_ms(), rig.now() + Bme680::kMeasureMs);
  EXPECT_FALSE(rig.driver.poll(rig.now() + Bme680::kMeasureMs - 1));
  EXPECT_EQ(rig.fake.transfers(), after_start);
  EXPECT_EQ(rig.driver.state(), State::measuring);
}

TEST(Bme680, has_nothing_to_poll_for_when_nothing_is_under_way) {
  DriverRig rig;
  EXPECT_EQ(rig.driver.next_due_ms(), UINT64_MAX);
  EXPECT_FALSE(rig.driver.poll(rig.now()));
  EXPECT_EQ(rig.driver.state(), State::off);
  rig.set_up();
  EXPECT_EQ(rig.driver.next_due_ms(), UINT64_MAX);
  EXPECT_FALSE(rig.driver.poll(rig.now()));
  EXPECT_EQ(rig.driver.state(), State::ready);
}

TEST(Bme680, a_late_poll_gets_the_result_all_the_same) {
  DriverRig rig;
  rig.set_up();
  rig.driver.start(rig.now());
  rig.clock.advance(60'000);
  EXPECT_TRUE(rig.driver.poll(rig.now()));
}

TEST(Bme680, gives_the_rest_when_the_gas_reading_is_not_vouched_for) {
  for (const bool heat : {true, false}) {
    DriverRig rig;
    rig.set_up();
    (heat ? rig.fake.heat_stable : rig.fake.gas_valid) = false;
    const auto sample = rig.measure();
    ASSERT_TRUE(sample);
    EXPECT_NEAR(sample->temperature_c, 21, 0.01);
    EXPECT_FALSE(sample->gas_ohm);
    EXPECT_EQ(rig.driver.state(), State::ready);
    rig.fake.gas_valid = rig.fake.heat_stable = true;
    EXPECT_TRUE(rig.measure()->gas_ohm);
  }
}

TEST(Bme680, asleep_neither_heats_nor_measures) {
  DriverRig rig;
  rig.set_up();
  rig.driver.start(rig.now());
  rig.clock.advance(50);
  ASSERT_TRUE(rig.fake.heater_on());
  rig.driver.sleep();
  EXPECT_FALSE(rig.fake.heater_on());
  EXPECT_EQ(rig.driver.state(), State::off);
  EXPECT_EQ(rig.driver.next_due_ms(), UINT64_MAX);
  rig.clock.advance(60'000);
  EXPECT_FALSE(rig.driver.poll(rig.now()));
  EXPECT_FALSE(rig.fake.measuring());

  rig.set_up();
  EXPECT_TRUE(rig.measure()->gas_ohm) << "and wakes up with its heater";
}

TEST(Bme680, a_sleep_that_nobody_hears_leaves_no_heater_on) {
  DriverRig rig;
  rig.set_up();
  rig.driver.start(rig.now());
  rig.fake.nack_after = 0;
  rig.driver.sleep();
  EXPECT_EQ(rig.driver.state(), State::off);
  rig.clock.advance(Bme680::kMeasureMs);
  EXPECT_FALSE(rig.fake.heater_on());
}

}  // namespace
}  // namespace pitview::fw
