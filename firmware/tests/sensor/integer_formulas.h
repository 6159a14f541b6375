// The datasheet's integer formulas (BST-BME680-DS001, section 3.3), as a second opinion
// on the floating point ones: written from the datasheet, sharing no line with them.
#pragma once

#include <cstdint>

#include "core/sensor/bme680_compensation.h"

namespace pitview::fw::testing {

inline std::int32_t integer_t_fine(const Bme680Calibration& c, std::int32_t adc) {
  const std::int64_t var1 = (adc >> 3) - (std::int64_t{c.par_t1} << 1);
  const std::int64_t var2 = (var1 * c.par_t2) >> 11;
  const std::int64_t var3 = ((((var1 >> 1) * (var1 >> 1)) >> 12) * (std::int64_t{c.par_t3} * 16)) >> 14;
  return static_cast<std::int32_t>(var2 + var3);
}

// 1/100 °C
inline std::int32_t integer_temperature(std::int32_t t_fine) { return (t_fine * 5 + 128) >> 8; }

// Pa
inline std::int32_t integer_pressure(const Bme680Calibration& c, std::int32_t adc, std::int32_t t_fine) {
  std::int32_t var1 = (t_fine >> 1) - 64000;
  std::int32_t var2 = ((((var1 >> 2) * (var1 >> 2)) >> 11) * c.par_p6) >> 2;
  var2 = var2 + var1 * c.par_p5 * 2;
  var2 = (var2 >> 2) + c.par_p4 * 65536;
  var1 = (((((var1 >> 2) * (var1 >> 2)) >> 13) * (c.par_p3 * 32)) >> 3) + ((c.par_p2 * var1) >> 1);
  var1 = var1 >> 18;
  var1 = ((32768 + var1) * c.par_p1) >> 15;
  // The datasheet divides before or after doubling, as 32 bits allow; 64 bits need no choice.
  std::int64_t press = std::int64_t{1048576 - adc - (var2 >> 12)} * 3125;
  press = press * 2 / var1;
  const auto p = static_cast<std::int32_t>(press);
  var1 = (c.par_p9 * (((p >> 3) * (p >> 3)) >> 13)) >> 12;
  var2 = ((p >> 2) * c.par_p8) >> 13;
  const std::int64_t cube = std::int64_t{p >> 8} * (p >> 8) * (p >> 8) * c.par_p10;
  const auto var3 = static_cast<std::int32_t>(cube >> 17);
  return p + ((var1 + var2 + var3 + c.par_p7 * 128) >> 4);
}

// 1/1000 %RH
inline std::int32_t integer_humidity(const Bme680Calibration& c, std::int32_t adc, std::int32_t t_fine) {
  const std::int32_t temp = integer_temperature(t_fine);
  const std::int32_t var1 = adc - c.par_h1 * 16 - ((temp * c.par_h3 / 100) >> 1);
  const std::int32_t var2 =
      (c.par_h2 * (temp * c.par_h4 / 100 + (((temp * (temp * c.par_h5 / 100)) >> 6) / 100) + (1 << 14))) >> 10;
  const std::int32_t var3 = var1 * var2;
  const std::int32_t var4 = ((c.par_h6 * 128) + temp * c.par_h7 / 100) >> 4;
  const std::int32_t var5 = ((var3 >> 14) * (var3 >> 14)) >> 10;
  const std::int32_t var6 = (var4 * var5) >> 1;
  const std::int32_t rh = (((var3 + var6) >> 10) * 1000) >> 12;
  return rh < 0 ? 0 : rh > 100'000 ? 100'000 : rh;
}

// ohm
inline std::int64_t integer_gas(const Bme680Calibration& c, std::int32_t adc, int range) {
  static constexpr std::int64_t kConst1[16] = {2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 2126008810,
                                               2147483647, 2130303777, 2147483647, 2147483647, 2143188679, 2136746228,
                                               2147483647, 2126008810, 2147483647, 2147483647};
  static constexpr std::int64_t kConst2[16] = {4096000000, 2048000000, 1024000000, 512000000, 255744255, 127110228,
                                               64000000,   32258064,   16016016,   8000000,   4000000,   2000000,
                                               1000000,    500000,     250000,     125000};
  const std::int64_t var1 = ((1340 + 5 * std::int64_t{c.range_switching_error}) * kConst1[range]) >> 16;
  const std::int64_t var2 = (std::int64_t{adc} << 15) - (1 << 24) + var1;
  return (((kConst2[range] * var1) >> 9) + (var2 >> 1)) / var2;
}

// The ambient temperature is in 1/100 °C: only so its term has the weight that it has in
// the datasheet's floating point formula.
inline std::int32_t integer_heater(const Bme680Calibration& c, std::int32_t target_c, std::int32_t ambient_centi) {
  const std::int32_t var1 = ambient_centi * c.par_g3 / 10 * 256;
  const std::int32_t var2 = (c.par_g1 + 784) * ((((c.par_g2 + 154009) * target_c * 5) / 100 + 3276800) / 10);
  const std::int32_t var4 = (var1 + var2 / 2) / (c.res_heat_range + 4);
  const std::int32_t var5 = 131 * c.res_heat_val + 65536;
  const std::int32_t res_heat_x100 = (var4 / var5 - 250) * 34;
  return (res_heat_x100 + 50) / 100;
}

}  // namespace pitview::fw::testing
