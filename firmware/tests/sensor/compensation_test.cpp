#include "core/sensor/bme680_compensation.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "tests/sensor/integer_formulas.h"
#include "tests/sensor/published.h"

namespace pitview::fw {
namespace {

using namespace testing;

struct Sensor {
  const char* name;
  Bme680Calibration calibration;
};

// Three real sensors and one at the ends of what the registers can hold in the members
// that are 0 or positive in all of them.
std::vector<Sensor> sensors() {
  Bme680Calibration odd = pimoroni_calibration();
  odd.par_t3 = -7, odd.par_p7 = -128, odd.par_p8 = 3177, odd.par_h3 = -20, odd.par_h7 = 100;
  odd.range_switching_error = -8, odd.res_heat_range = 3, odd.res_heat_val = -60;
  return {{"pimoroni", pimoroni_calibration()},
          {"elixir", elixir_calibration()},
          {"wrclark", wrclark_calibration()},
          {"odd", odd}};
}

// pimoroni/bme680-python, tests/test_compensation.py: results of the integer formulas.
TEST(Compensation, agrees_with_the_python_library_s_vectors) {
  const auto c = pimoroni_calibration();
  const float t = bme680_temperature_c(c, 501240);
  EXPECT_NEAR(t, 26.69, 0.01);
  EXPECT_NEAR(t * 5120, 136667, 2);
  EXPECT_NEAR(bme680_pressure_pa(c, 353485, t), 98712, 6);
  EXPECT_NEAR(bme680_humidity_rh(c, 19019, t), 42.402, 0.05);
  EXPECT_NEAR(bme680_gas_ohm(c, 0, 0), 12946860, 2);
}

// elixir-sensors/bmp280, bme680_sensor_test.exs: results of the floating point formulas.
// Its gas resistances have the integer formula's rounding in them: 0.5 ohm too much.
TEST(Compensation, agrees_with_the_elixir_library_s_vectors) {
  auto c = elixir_calibration();
  const float t = bme680_temperature_c(c, 480732);
  EXPECT_NEAR(t, 19.3113, 0.0001);
  EXPECT_NEAR(bme680_pressure_pa(c, 393705, t), 100977.52, 0.05);
  EXPECT_NEAR(bme680_humidity_rh(c, 16820, t), 25.2, 0.1);
  EXPECT_NEAR(bme680_gas_ohm(c, 666, 11), 3503.6322 - 0.5, 0.01);
  c.range_switching_error = 0;
  EXPECT_NEAR(bme680_gas_ohm(c, 195, 9), 20467.2644 - 0.5, 0.01);
}

TEST(Compensation, temperature_agrees_with_the_integer_formula_over_the_sensor_s_range) {
  for (const auto& [name, c] : sensors()) {
    SCOPED_TRACE(name);
    int compared = 0;
    for (std::int32_t adc = 280'000; adc <= 720'000; adc += 997) {
      const std::int32_t centi = integer_temperature(integer_t_fine(c, adc));
      if (centi < -4000 || centi > 8500) continue;
      ASSERT_NEAR(bme680_temperature_c(c, static_cast<std::uint32_t>(adc)), centi / 100.0, 0.011) << adc;
      ++compared;
    }
    EXPECT_GT(compared, 300);
  }
}

TEST(Compensation, pressure_agrees_with_the_integer_formula_over_the_sensor_s_range) {
  for (const auto& [name, c] : sensors()) {
    SCOPED_TRACE(name);
    int compared = 0;
    for (std::int32_t temperature_adc = 300'000; temperature_adc <= 680'000; temperature_adc += 19'997) {
      const std::int32_t t_fine = integer_t_fine(c, temperature_adc);
      const float t = bme680_temperature_c(c, static_cast<std::uint32_t>(temperature_adc));
      if (t < -40 || t > 85) continue;
      for (std::int32_t adc = 100'000; adc <= 1'000'000; adc += 9'973) {
        const float pa = bme680_pressure_pa(c, static_cast<std::uint32_t>(adc), t);
        if (pa < 30'000 || pa > 110'000) continue;
        // The integer formula keeps 15 bits of the sensitivity.
        ASSERT_NEAR(pa, integer_pressure(c, adc, t_fine), 12) << adc << " at " << t;
        ++compared;
      }
    }
    EXPECT_GT(compared, 300);
  }
}

TEST(Compensation, humidity_agrees_with_the_integer_formula_over_the_sensor_s_range) {
  for (const auto& [name, c] : sensors()) {
    SCOPED_TRACE(name);
    int compared = 0;
    for (std::int32_t temperature_adc = 400'000; temperature_adc <= 600'000; temperature_adc += 9'973) {
      const std::int32_t t_fine = integer_t_fine(c, temperature_adc);
      const float t = bme680_temperature_c(c, static_cast<std::uint32_t>(temperature_adc));
      for (std::int32_t adc = 8'000; adc <= 40'000; adc += 101) {
        const float rh = bme680_humidity_rh(c, static_cast<std::uint32_t>(adc), t);
        ASSERT_NEAR(rh, integer_humidity(c, adc, t_fine) / 1000.0, 0.12) << adc << " at " << t;
        compared += rh > 0 && rh < 100;
      }
    }
    EXPECT_GT(compared, 300);
  }
}

TEST(Compensation, gas_resistance_agrees_with_the_integer_formula_everywhere) {
  for (const auto& [name, c] : sensors()) {
    SCOPED_TRACE(name);
    for (int range = 0; range < 16; ++range) {
      for (std::int32_t adc = 0; adc < 1024; ++adc) {
        const auto expected = static_cast<double>(integer_gas(c, adc, range));
        ASSERT_NEAR(bme680_gas_ohm(c, static_cast<std::uint32_t>(adc), static_cast<std::uint8_t>(range)), expected,
                    0.51 + expected * 2e-6)
            << adc << " range " << range;
      }
    }
  }
}

TEST(Compensation, heater_setting_agrees_with_the_integer_formula) {
  for (const auto& [name, c] : sensors()) {
    SCOPED_TRACE(name);
    for (int target = 200; target <= 400; target += 20) {
      for (int ambient = 0; ambient <= 60; ambient += 10) {
        EXPECT_NEAR(bme680_heater_resistance(c, static_cast<float>(target), static_cast<float>(ambient)),
                    integer_heater(c, target, ambient * 100), 1)
            << target << " at " << ambient;
      }
    }
  }
}

TEST(Compensation, humidity_stays_within_0_and_100) {
  const auto c = elixir_calibration();
  EXPECT_EQ(bme680_humidity_rh(c, 0, 20), 0);
  EXPECT_EQ(bme680_humidity_rh(c, 65535, 20), 100);
}

TEST(Compensation, heater_setting_stays_in_its_register) {
  auto c = elixir_calibration();
  c.res_heat_val = -128, c.res_heat_range = 0, c.par_g2 = 32767;
  EXPECT_EQ(bme680_heater_resistance(c, 400, 60), 255);
  c.res_heat_val = 127, c.res_heat_range = 3, c.par_g1 = -128, c.par_g2 = -32768;
  EXPECT_EQ(bme680_heater_resistance(c, 200, -40), 0);
}

// Datasheet, section 5.3.3.3: 0x59 is 100 ms.
TEST(Compensation, heating_time_is_encoded_and_never_shorter_than_asked) {
  EXPECT_EQ(bme680_gas_wait(100), 0x59);
  EXPECT_EQ(bme680_gas_wait(0), 0);
  EXPECT_EQ(bme680_gas_wait(63), 0x3F);
  EXPECT_EQ(bme680_gas_wait(4032), 0xFF);
  EXPECT_EQ(bme680_gas_wait(100'000), 0xFF) << "as long as it can";
  for (std::uint32_t ms = 0; ms <= 4032; ++ms) {
    const std::uint32_t encoded = bme680_gas_wait_ms(bme680_gas_wait(ms));
    ASSERT_GE(encoded, ms);
    ASSERT_LE(encoded, ms + ms / 16 + 1);
  }
}

// elixir-sensors/bmp280, bme680_calibration_test.exs: registers and what they mean.
TEST(Calibration, is_read_from_the_registers_of_a_real_sensor) {
  const auto c = parse_calibration(elixir_registers());
  const auto expected = elixir_calibration();
  EXPECT_EQ(c.par_t1, expected.par_t1);
  EXPECT_EQ(c.par_t2, expected.par_t2);
  EXPECT_EQ(c.par_t3, expected.par_t3);
  EXPECT_EQ(c.par_p1, expected.par_p1);
  EXPECT_EQ(c.par_p2, expected.par_p2);
  EXPECT_EQ(c.par_p3, expected.par_p3);
  EXPECT_EQ(c.par_p4, expected.par_p4);
  EXPECT_EQ(c.par_p5, expected.par_p5);
  EXPECT_EQ(c.par_p6, expected.par_p6);
  EXPECT_EQ(c.par_p7, expected.par_p7);
  EXPECT_EQ(c.par_p8, expected.par_p8);
  EXPECT_EQ(c.par_p9, expected.par_p9);
  EXPECT_EQ(c.par_p10, expected.par_p10);
  EXPECT_EQ(c.par_h1, expected.par_h1);
  EXPECT_EQ(c.par_h2, expected.par_h2);
  EXPECT_EQ(c.par_h3, expected.par_h3);
  EXPECT_EQ(c.par_h4, expected.par_h4);
  EXPECT_EQ(c.par_h5, expected.par_h5);
  EXPECT_EQ(c.par_h6, expected.par_h6);
  EXPECT_EQ(c.par_h7, expected.par_h7);
  EXPECT_EQ(c.par_g1, expected.par_g1);
  EXPECT_EQ(c.par_g2, expected.par_g2);
  EXPECT_EQ(c.par_g3, expected.par_g3);
  EXPECT_EQ(c.res_heat_range, expected.res_heat_range);
  EXPECT_EQ(c.res_heat_val, expected.res_heat_val);
  EXPECT_EQ(c.range_switching_error, expected.range_switching_error);
}

TEST(Calibration, what_a_stuck_bus_reads_is_none) {
  EXPECT_TRUE(is_calibration(elixir_calibration()));
  EXPECT_FALSE(is_calibration(parse_calibration({})));
  Bme680RawCalibration high;
  std::memset(&high, 0xFF, sizeof high);
  EXPECT_FALSE(is_calibration(parse_calibration(high)));
}

TEST(Calibration, without_one_of_its_main_coefficients_is_none) {
  const auto broken = [](auto breaks) {
    auto c = elixir_calibration();
    breaks(c);
    return is_calibration(c);
  };
  EXPECT_FALSE(broken([](auto& c) { c.par_t1 = 0; }));
  EXPECT_FALSE(broken([](auto& c) { c.par_t1 = 0xFFFF; }));
  EXPECT_FALSE(broken([](auto& c) { c.par_p1 = 0; }));
  EXPECT_FALSE(broken([](auto& c) { c.par_p1 = 0xFFFF; }));
  EXPECT_FALSE(broken([](auto& c) { c.par_t2 = 0; }));
  EXPECT_FALSE(broken([](auto& c) { c.par_h2 = 0; }));
}

}  // namespace
}  // namespace pitview::fw
