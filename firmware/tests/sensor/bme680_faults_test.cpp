// What may be wrong with a sensor, a bus or a cable, and what the driver makes of it.

#include <gtest/gtest.h>

#include "core/sensor/bme680.h"
#include "core/sensor/bme680_registers.h"
#include "tests/sensor/published.h"
#include "tests/sensor/rig.h"

namespace pitview::fw {
namespace {

using namespace testing;
using State = Bme680::State;

void expect_failed(const Bme680& driver, Bme680Fault fault) {
  EXPECT_EQ(driver.state(), State::failed);
  EXPECT_EQ(driver.fault(), fault);
  EXPECT_EQ(driver.next_due_ms(), UINT64_MAX);
}

TEST(Bme680Faults, no_sensor) {
  DriverRig rig;
  rig.fake.plugged = false;
  rig.set_up();
  expect_failed(rig.driver, Bme680Fault::no_answer);
  EXPECT_EQ(rig.fake.transfers(), 2) << "both addresses, nothing else";
}

TEST(Bme680Faults, a_bus_that_hangs) {
  DriverRig rig;
  rig.fake.bus_hangs = true;
  rig.set_up();
  expect_failed(rig.driver, Bme680Fault::no_answer);
}

TEST(Bme680Faults, another_chip_is_only_asked_who_it_is) {
  DriverRig rig;
  rig.fake.chip_id = 0x58;  // a BMP280
  rig.fake.reg(bme680::kCtrlHum) = 0x05;
  rig.set_up();
  expect_failed(rig.driver, Bme680Fault::foreign_chip);
  rig.driver.sleep();
  EXPECT_EQ(rig.fake.transfers(), 2);
  EXPECT_EQ(rig.fake.reg(bme680::kCtrlHum), 0x05) << "not reset";
}

TEST(Bme680Faults, a_bme688_needs_other_formulas_and_is_refused) {
  DriverRig rig;
  rig.fake.variant = 1;
  rig.set_up();
  expect_failed(rig.driver, Bme680Fault::foreign_chip);
}

// Every transfer of the set-up, counted from the question for the chip id, fails once.
TEST(Bme680Faults, an_answer_missing_anywhere_in_the_set_up) {
  constexpr int kChipIdQuestion = 1;  // asked again at the other address, where nobody is
  int transfers = 0;
  {
    DriverRig whole;
    whole.set_up();
    transfers = whole.fake.transfers();
  }
  for (int missing = kChipIdQuestion; missing < transfers; ++missing) {
    SCOPED_TRACE(missing);
    DriverRig rig;
    rig.fake.nack_after = missing;
    rig.set_up();
    expect_failed(rig.driver, Bme680Fault::bus);
    rig.set_up();
    EXPECT_EQ(rig.driver.state(), State::ready) << "the next attempt gets it";
    EXPECT_EQ(rig.driver.fault(), Bme680Fault::none);
    EXPECT_TRUE(rig.measure());
  }
  EXPECT_EQ(transfers, 9) << "chip id, reset, three bursts twice, settings";
}

TEST(Bme680Faults, a_chip_id_read_that_breaks_off_is_no_answer) {
  DriverRig rig;
  rig.fake.cut_after = 0;
  rig.set_up();
  expect_failed(rig.driver, Bme680Fault::no_answer);
}

// Reads 1 to 6 are the calibration.
TEST(Bme680Faults, calibration_that_breaks_off_in_the_middle) {
  for (int read = 1; read <= 6; ++read) {
    SCOPED_TRACE(read);
    DriverRig rig;
    rig.fake.cut_after = read;
    rig.set_up();
    expect_failed(rig.driver, Bme680Fault::bus);
  }
}

TEST(Bme680Faults, calibration_with_one_wrong_bit_is_not_measured_with) {
  for (int read = 1; read <= 6; ++read) {
    SCOPED_TRACE(read);
    DriverRig rig;
    rig.fake.corruption = 0x01;
    rig.fake.corrupt_after = read;
    rig.set_up();
    expect_failed(rig.driver, Bme680Fault::calibration);
  }
}

TEST(Bme680Faults, a_sensor_without_calibration) {
  DriverRig rig;
  rig.fake.replace({});
  rig.clock.advance(10);
  rig.set_up();
  expect_failed(rig.driver, Bme680Fault::calibration);
}

// start() asks for the settings, then writes; the result is one read.
TEST(Bme680Faults, an_answer_missing_anywhere_in_a_measurement) {
  for (int missing = 0; missing < 3; ++missing) {
    SCOPED_TRACE(missing);
    DriverRig rig;
    rig.set_up();
    rig.fake.nack_after = missing;
    EXPECT_FALSE(rig.measure());
    expect_failed(rig.driver, Bme680Fault::bus);
    rig.set_up();
    EXPECT_TRUE(rig.measure());
  }
}

TEST(Bme680Faults, a_result_that_breaks_off_in_the_middle_is_none) {
  DriverRig rig;
  rig.set_up();
  rig.fake.cut_after = 1;
  EXPECT_FALSE(rig.measure());
  expect_failed(rig.driver, Bme680Fault::bus);
}

TEST(Bme680Faults, power_lost_between_two_measurements_is_noticed) {
  DriverRig rig;
  rig.set_up();
  ASSERT_TRUE(rig.measure());
  rig.fake.power_cycle();
  rig.clock.advance(3'000);
  EXPECT_FALSE(rig.measure());
  expect_failed(rig.driver, Bme680Fault::settings_lost);
}

TEST(Bme680Faults, another_sensor_plugged_in_is_measured_with_its_own_calibration) {
  DriverRig rig;
  rig.fake.set_air({30, 40, 990, 50'000});
  rig.set_up();
  ASSERT_TRUE(rig.measure());
  rig.fake.replace(pimoroni_calibration());
  rig.clock.advance(3'000);
  EXPECT_FALSE(rig.measure());
  expect_failed(rig.driver, Bme680Fault::settings_lost);
  rig.set_up();
  const Bme680Sample sample = rig.measure().value_or(Bme680Sample{});
  EXPECT_NEAR(sample.temperature_c, 30, 0.01);
  EXPECT_NEAR(sample.pressure_hpa, 990, 0.01);
}

TEST(Bme680Faults, power_lost_in_the_middle_of_a_measurement) {
  DriverRig rig;
  rig.set_up();
  rig.driver.start(rig.now());
  rig.clock.advance(100);
  rig.fake.power_cycle();
  EXPECT_FALSE(rig.finish()) << "the registers' reset values are no air";
  expect_failed(rig.driver, Bme680Fault::no_data);
}

TEST(Bme680Faults, a_measurement_that_never_ends) {
  DriverRig rig;
  rig.set_up();
  ASSERT_TRUE(rig.measure());  // whose result is still there
  rig.fake.never_finishes = true;
  const std::uint64_t started = rig.now();
  EXPECT_FALSE(rig.measure());
  expect_failed(rig.driver, Bme680Fault::no_data);
  EXPECT_GE(rig.now(), started + Bme680::kGiveUpMs);
  EXPECT_LE(rig.now(), started + Bme680::kGiveUpMs + Bme680::kPollAgainMs);
}

TEST(Bme680Faults, a_slow_sensor_is_waited_for) {
  DriverRig rig;
  rig.set_up();
  rig.driver.start(rig.now());
  rig.fake.never_finishes = true;
  rig.clock.uptime = rig.driver.next_due_ms();
  EXPECT_FALSE(rig.driver.poll(rig.now()));
  EXPECT_EQ(rig.driver.state(), State::measuring);
  EXPECT_EQ(rig.driver.next_due_ms(), rig.now() + Bme680::kPollAgainMs);
  rig.fake.never_finishes = false;
  EXPECT_TRUE(rig.finish());
}

TEST(Bme680Faults, old_data_is_not_given_again) {
  DriverRig rig;
  rig.set_up();
  ASSERT_TRUE(rig.measure());
  rig.fake.keeps_old_data = true;
  EXPECT_FALSE(rig.measure());
  expect_failed(rig.driver, Bme680Fault::no_data);
}

// Puts the result into the registers that a test wants there, flags as of a good one.
std::optional<Bme680Sample> measure_registers(DriverRig& rig, void (*change)(FakeBme680&)) {
  rig.set_up();
  rig.driver.start(rig.now());
  rig.clock.uptime = rig.driver.next_due_ms();
  rig.fake.measuring();  // it has finished
  change(rig.fake);
  return rig.driver.poll(rig.now());
}

TEST(Bme680Faults, a_quantity_that_was_not_measured_is_no_value) {
  for (const std::uint8_t register_number : {0x1F, 0x22, 0x25}) {
    SCOPED_TRACE(register_number);
    DriverRig rig;
    static std::uint8_t skipped;
    skipped = register_number;
    EXPECT_FALSE(measure_registers(rig, [](FakeBme680& fake) {
      fake.reg(skipped) = 0x80;
      fake.reg(static_cast<std::uint8_t>(skipped + 1)) = 0;
      if (skipped != 0x25) fake.reg(static_cast<std::uint8_t>(skipped + 2)) = 0;
    }));
    expect_failed(rig.driver, Bme680Fault::out_of_range);
  }
}

TEST(Bme680Faults, what_no_air_can_be_is_refused) {
  using Change = void (*)(FakeBme680&);
  const Change changes[] = {
      [](FakeBme680& fake) { fake.reg(0x22) = 0x00; },  // far too cold
      [](FakeBme680& fake) { fake.reg(0x22) = 0xFF; },  // far too hot
      [](FakeBme680& fake) { fake.reg(0x1F) = 0x00; },  // pressure of a deep mine
      [](FakeBme680& fake) { fake.reg(0x1F) = 0xFF; },  // next to vacuum
  };
  for (const auto change : changes) {
    DriverRig rig;
    EXPECT_FALSE(measure_registers(rig, change));
    expect_failed(rig.driver, Bme680Fault::out_of_range);
  }
}

}  // namespace
}  // namespace pitview::fw
