// The fake is trusted by the tests of the driver and by the simulator: it is tested too.
#include "testing/fake_bme680.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/sensor/bme680_registers.h"
#include "testing/fake_ports.h"
#include "tests/sensor/published.h"

namespace pitview::fw {
namespace {

using namespace testing;
using namespace bme680;

TEST(FakeBme680, holds_the_registers_of_the_real_sensor_it_copies) {
  const auto ours = raw_calibration(elixir_calibration());
  auto real = elixir_registers();
  // Bits that are not calibration differ between the two.
  real.heater[1] = real.heater[3] = 0;
  real.heater[2] &= 0x30, real.heater[4] &= 0xF0;
  real.first[4] = 0;
  EXPECT_EQ(std::memcmp(ours.heater, real.heater, sizeof ours.heater), 0);
  EXPECT_EQ(std::memcmp(ours.second, real.second, sizeof ours.second), 0);
  EXPECT_EQ(ours.first[1], real.first[1]);
  EXPECT_EQ(std::memcmp(ours.first + 5, real.first + 5, 20), 0);
}

TEST(FakeBme680, turns_air_into_adc_values_and_back) {
  for (const auto& c : {pimoroni_calibration(), elixir_calibration(), wrclark_calibration()}) {
    for (const double temperature : {-39.0, -5.0, 0.0, 21.37, 60.0, 84.0}) {
      for (const double humidity : {5.0, 33.3, 95.0}) {
        for (const double pressure : {310.0, 871.5, 1013.25, 1090.0}) {
          for (const double ohm : {300.0, 5'000.0, 50'000.0, 123'456.0, 2'000'000.0, 10'000'000.0}) {
            const auto adc = adc_of(c, {temperature, humidity, pressure, ohm});
            const float t = bme680_temperature_c(c, adc.temperature);
            ASSERT_NEAR(t, temperature, 0.001);
            ASSERT_NEAR(bme680_pressure_pa(c, adc.pressure, t), pressure * 100, 0.3);
            ASSERT_NEAR(bme680_humidity_rh(c, adc.humidity, t), humidity, 0.02);
            ASSERT_NEAR(bme680_gas_ohm(c, adc.gas, adc.gas_range), ohm, ohm * 0.002);
          }
        }
      }
    }
  }
}

TEST(FakeBme680, saturates_where_the_adc_ends) {
  const auto c = elixir_calibration();
  EXPECT_EQ(adc_of(c, {1e6, 45, 1000, 1e5}).temperature, 0xFFFFFU);
  EXPECT_EQ(adc_of(c, {21, 45, -1e6, 1e5}).pressure, 0xFFFFFU);
  EXPECT_EQ(adc_of(c, {21, 200, 1000, 1e5}).humidity, 0xFFFFU);
  EXPECT_EQ(adc_of(c, {21, 45, 1000, 1e12}).gas, 0U);
  const auto conductor = adc_of(c, {21, 45, 1000, 0});
  EXPECT_EQ(conductor.gas_range, 15);
  EXPECT_EQ(conductor.gas, 1023U);
}

class FakeBme680Bus : public ::testing::Test {
 protected:
  FakeBme680Bus() { clock.advance(10); }

  bool set(std::uint8_t number, std::uint8_t value) {
    const std::uint8_t bytes[] = {number, value};
    return fake.write(0x76, bytes);
  }
  int get(std::uint8_t number) {
    std::uint8_t value[1] = {};
    return fake.write_read(0x76, {&number, 1}, value) ? value[0] : -1;
  }

  FakeClock clock;
  FakeBme680 fake{clock};
};

TEST_F(FakeBme680Bus, answers_at_its_address_only_and_not_before_it_has_started_up) {
  const std::uint8_t number[] = {kChipId};
  std::uint8_t value[1] = {};
  EXPECT_TRUE(fake.write_read(0x76, number, value));
  EXPECT_FALSE(fake.write_read(0x77, number, value));
  EXPECT_TRUE(set(kReset, kResetCommand));
  EXPECT_EQ(get(kChipId), -1);
  clock.advance(2);
  EXPECT_EQ(get(kChipId), kChipIdValue);
}

TEST_F(FakeBme680Bus, refuses_transfers_that_a_sensor_would_not_understand) {
  const std::uint8_t three[] = {kCtrlHum, 1, kCtrlGas1};
  EXPECT_FALSE(fake.write(0x76, three));
  std::uint8_t value[1] = {};
  EXPECT_FALSE(fake.write_read(0x76, three, value));
}

TEST_F(FakeBme680Bus, keeps_its_read_only_registers_and_ignores_a_wrong_reset) {
  const int before = get(0x8A);
  EXPECT_TRUE(set(0x8A, static_cast<std::uint8_t>(before + 1)));
  EXPECT_EQ(get(0x8A), before);
  const int pressure = get(0x1F);
  EXPECT_TRUE(set(0x1F, 0x12));
  EXPECT_EQ(get(0x1F), pressure);
  set(kCtrlHum, 3);
  set(kReset, 0x01);
  EXPECT_EQ(get(kCtrlHum), 3);
}

TEST_F(FakeBme680Bus, measures_for_as_long_as_its_settings_say) {
  set(kCtrlHum, 1);
  set(kCtrlMeas, 0b001'001'01);
  // 3 conversions and the overhead: 11.2 ms.
  clock.advance(11);
  EXPECT_TRUE(fake.measuring());
  EXPECT_EQ(get(kField) & (kNewData | kMeasuring), kMeasuring);
  set(kCtrlMeas, 0b001'001'01);
  clock.advance(1);
  EXPECT_FALSE(fake.measuring()) << "asking again does not start it again";
  EXPECT_EQ(get(kField), kNewData);
  EXPECT_EQ(get(kCtrlMeas), 0b001'001'00) << "asleep again";
  EXPECT_EQ(fake.measurements(), 1);
  EXPECT_FALSE(fake.heater_on());
}

TEST_F(FakeBme680Bus, measures_only_what_is_switched_on) {
  set(kCtrlMeas, kForced);
  clock.advance(100);
  EXPECT_EQ(get(0x1F), 0x80);
  EXPECT_EQ(get(0x22), 0x80);
  EXPECT_EQ(get(0x25), 0x80);
  EXPECT_EQ(get(0x2B) & (kGasValid | kHeatStable), 0);
}

TEST_F(FakeBme680Bus, gas_is_stable_only_on_a_hot_plate) {
  const auto flags = [&](std::uint8_t heat, std::uint8_t wait, std::uint8_t off) {
    set(kResHeat0, heat), set(kGasWait0, wait), set(kCtrlGas0, off), set(kCtrlGas1, kRunGas);
    set(kCtrlMeas, kForced);
    clock.advance(5'000);
    return get(0x2B) & (kGasValid | kHeatStable);
  };
  const auto c = FakeBme680::typical_calibration();
  const std::uint8_t right = bme680_heater_resistance(c, 320, 21);
  EXPECT_EQ(flags(right, bme680_gas_wait(150), 0), kGasValid | kHeatStable);
  EXPECT_EQ(flags(right, bme680_gas_wait(150), kHeatOff), kGasValid);
  EXPECT_EQ(flags(right, bme680_gas_wait(10), 0), kGasValid);
  EXPECT_EQ(flags(0, bme680_gas_wait(150), 0), kGasValid);
  EXPECT_EQ(flags(255, bme680_gas_wait(150), 0), kGasValid);
}

TEST_F(FakeBme680Bus, heats_only_while_it_measures_gas_and_may_heat) {
  set(kGasWait0, bme680_gas_wait(150)), set(kCtrlGas1, kRunGas);
  EXPECT_FALSE(fake.heater_on());
  set(kCtrlMeas, kForced);
  EXPECT_TRUE(fake.heater_on());
  set(kCtrlGas0, kHeatOff);
  EXPECT_FALSE(fake.heater_on());
  set(kCtrlGas0, 0), set(kCtrlGas1, 0);
  EXPECT_FALSE(fake.heater_on());
}

TEST_F(FakeBme680Bus, air_that_changes_later_is_not_in_a_finished_measurement) {
  set(kCtrlMeas, 0b001'001'01);
  clock.advance(100);
  fake.set_air({80, 45, 1013, 1e5});
  const auto adc = adc_of(FakeBme680::typical_calibration(), Air{});
  EXPECT_EQ(get(0x22), static_cast<int>(adc.temperature >> 12));
}

}  // namespace
}  // namespace pitview::fw
