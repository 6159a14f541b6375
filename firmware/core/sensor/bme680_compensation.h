// From what the BME680 measures to physical units: the calibration of one sensor and
// the formulas of the datasheet (BST-BME680-DS001, sections 3.3 and 5.3), floating
// point. Pure functions, no I/O, no state.
//
// Single precision: the ESP32 does it in hardware, and it resolves 0.001 °C, 0.01 Pa
// and 0.001 %RH here.
#pragma once

#include <cstdint>

namespace pitview::fw {

// The registers that hold the calibration, as read in three bursts.
struct Bme680RawCalibration {
  std::uint8_t heater[5] = {};   // from 0x00
  std::uint8_t first[25] = {};   // from 0x89
  std::uint8_t second[16] = {};  // from 0xE1
};

// Names as in the datasheet. Different in every sensor, written at the factory.
struct Bme680Calibration {
  std::uint16_t par_t1 = 0;
  std::int16_t par_t2 = 0;
  std::int8_t par_t3 = 0;

  std::uint16_t par_p1 = 0;
  std::int16_t par_p2 = 0;
  std::int8_t par_p3 = 0;
  std::int16_t par_p4 = 0;
  std::int16_t par_p5 = 0;
  std::int8_t par_p6 = 0;
  std::int8_t par_p7 = 0;
  std::int16_t par_p8 = 0;
  std::int16_t par_p9 = 0;
  std::uint8_t par_p10 = 0;

  std::uint16_t par_h1 = 0;  // 12 bits
  std::uint16_t par_h2 = 0;  // 12 bits
  std::int8_t par_h3 = 0;
  std::int8_t par_h4 = 0;
  std::int8_t par_h5 = 0;
  std::uint8_t par_h6 = 0;
  std::int8_t par_h7 = 0;

  std::int8_t par_g1 = 0;
  std::int16_t par_g2 = 0;
  std::int8_t par_g3 = 0;
  std::uint8_t res_heat_range = 0;  // 0 to 3
  std::int8_t res_heat_val = 0;
  std::int8_t range_switching_error = 0;  // -8 to 7
};

Bme680Calibration parse_calibration(const Bme680RawCalibration& raw);

// false: what a bus reads that is stuck low or high, not the memory of a sensor.
bool is_calibration(const Bme680Calibration& calibration);

float bme680_temperature_c(const Bme680Calibration& calibration, std::uint32_t adc);  // adc of 20 bits

// Pressure and humidity depend on the temperature measured with them.
float bme680_pressure_pa(const Bme680Calibration& calibration, std::uint32_t adc, float temperature_c);  // 20 bits
float bme680_humidity_rh(const Bme680Calibration& calibration, std::uint32_t adc, float temperature_c);  // 16 bits

// adc of 10 bits, range of 4 bits. Always positive.
float bme680_gas_ohm(const Bme680Calibration& calibration, std::uint32_t adc, std::uint8_t range);

// For register res_heat_x: heats to `target_c` (200 to 400) when the air has `ambient_c`.
std::uint8_t bme680_heater_resistance(const Bme680Calibration& calibration, float target_c, float ambient_c);

// For register gas_wait_x: heat for at least `ms`, up to 4032. Bits 7:6 are a factor of
// 1, 4, 16 or 64, bits 5:0 what it multiplies.
constexpr std::uint8_t bme680_gas_wait(std::uint32_t ms) {
  std::uint32_t factor = 0;
  std::uint32_t steps = ms;
  while (steps > 63 && factor < 3) {
    steps = (steps + 3) / 4;
    ++factor;
  }
  return static_cast<std::uint8_t>(factor << 6 | (steps > 63 ? 63 : steps));
}

constexpr std::uint32_t bme680_gas_wait_ms(std::uint8_t gas_wait) {
  return (gas_wait & 0x3FU) << (2 * (gas_wait >> 6));
}

}  // namespace pitview::fw
