#include "core/sensor/bme680_compensation.h"

#include <algorithm>

namespace pitview::fw {
namespace {

// Deviations of the gas measurement's ranges (const_array1 and const_array2 of the
// datasheet, section 3.4.1).
constexpr float kRangeFactor[16] = {1.F, 1.F, 1.F,    1.F,    1.F, 0.99F, 1.F, 0.992F,
                                    1.F, 1.F, 0.998F, 0.995F, 1.F, 0.99F, 1.F, 1.F};
constexpr float kRangeOhm[16] = {8000000.F, 4000000.F,    2000000.F,    1000000.F,  499500.4995F, 248262.1648F,
                                 125000.F,  63004.03226F, 31281.28128F, 15625.F,    7812.5F,      3906.25F,
                                 1953.125F, 976.5625F,    488.28125F,   244.140625F};

constexpr std::uint16_t word(std::uint8_t low, std::uint8_t high) {
  return static_cast<std::uint16_t>(high << 8 | low);
}

constexpr std::int16_t signed_word(std::uint8_t low, std::uint8_t high) {
  return static_cast<std::int16_t>(word(low, high));
}

constexpr std::int8_t signed_byte(std::uint8_t byte) { return static_cast<std::int8_t>(byte); }

// The sensor's own temperature scale, which the formula for the pressure goes on with.
constexpr float kFinePerDegree = 5120.F;

}  // namespace

Bme680Calibration parse_calibration(const Bme680RawCalibration& raw) {
  // By register address, as the datasheet's tables name them.
  const auto at = [&raw](std::uint8_t address) {
    if (address < 0x89) return raw.heater[address];
    return address < 0xE1 ? raw.first[address - 0x89] : raw.second[address - 0xE1];
  };
  Bme680Calibration c;
  c.par_t1 = word(at(0xE9), at(0xEA));
  c.par_t2 = signed_word(at(0x8A), at(0x8B));
  c.par_t3 = signed_byte(at(0x8C));

  c.par_p1 = word(at(0x8E), at(0x8F));
  c.par_p2 = signed_word(at(0x90), at(0x91));
  c.par_p3 = signed_byte(at(0x92));
  c.par_p4 = signed_word(at(0x94), at(0x95));
  c.par_p5 = signed_word(at(0x96), at(0x97));
  c.par_p7 = signed_byte(at(0x98));
  c.par_p6 = signed_byte(at(0x99));
  c.par_p8 = signed_word(at(0x9C), at(0x9D));
  c.par_p9 = signed_word(at(0x9E), at(0x9F));
  c.par_p10 = at(0xA0);

  // 0xE2 is shared: the low four bits of both.
  c.par_h1 = static_cast<std::uint16_t>(at(0xE3) << 4 | (at(0xE2) & 0x0F));
  c.par_h2 = static_cast<std::uint16_t>(at(0xE1) << 4 | at(0xE2) >> 4);
  c.par_h3 = signed_byte(at(0xE4));
  c.par_h4 = signed_byte(at(0xE5));
  c.par_h5 = signed_byte(at(0xE6));
  c.par_h6 = at(0xE7);
  c.par_h7 = signed_byte(at(0xE8));

  c.par_g1 = signed_byte(at(0xED));
  c.par_g2 = signed_word(at(0xEB), at(0xEC));
  c.par_g3 = signed_byte(at(0xEE));
  c.res_heat_range = static_cast<std::uint8_t>(at(0x02) >> 4 & 0x03);
  c.res_heat_val = signed_byte(at(0x00));
  c.range_switching_error = static_cast<std::int8_t>(signed_byte(at(0x04)) >> 4);
  return c;
}

bool is_calibration(const Bme680Calibration& c) {
  const auto is_stuck = [](std::uint16_t value) { return value == 0 || value == 0xFFFF; };
  return !is_stuck(c.par_t1) && !is_stuck(c.par_p1) && c.par_t2 != 0 && c.par_h2 != 0;
}

float bme680_temperature_c(const Bme680Calibration& c, std::uint32_t adc) {
  const float offset = static_cast<float>(adc) / 16384.F - static_cast<float>(c.par_t1) / 1024.F;
  const float linear = offset * static_cast<float>(c.par_t2);
  const float square = offset / 8.F * (offset / 8.F) * (static_cast<float>(c.par_t3) * 16.F);
  return (linear + square) / kFinePerDegree;
}

float bme680_pressure_pa(const Bme680Calibration& c, std::uint32_t adc, float temperature_c) {
  const float t = temperature_c * kFinePerDegree / 2.F - 64000.F;

  float offset = t * t * (static_cast<float>(c.par_p6) / 131072.F);
  offset += t * static_cast<float>(c.par_p5) * 2.F;
  offset = offset / 4.F + static_cast<float>(c.par_p4) * 65536.F;

  float sensitivity = static_cast<float>(c.par_p3) * t * t / 16384.F + static_cast<float>(c.par_p2) * t;
  sensitivity = (1.F + sensitivity / 524288.F / 32768.F) * static_cast<float>(c.par_p1);

  const float p = (1048576.F - static_cast<float>(adc) - offset / 4096.F) * 6250.F / sensitivity;
  const float square = static_cast<float>(c.par_p9) * p * p / 2147483648.F;
  const float linear = p * (static_cast<float>(c.par_p8) / 32768.F);
  const float cubic = p / 256.F * (p / 256.F) * (p / 256.F) * (static_cast<float>(c.par_p10) / 131072.F);
  return p + (square + linear + cubic + static_cast<float>(c.par_p7) * 128.F) / 16.F;
}

float bme680_humidity_rh(const Bme680Calibration& c, std::uint32_t adc, float temperature_c) {
  const float t = temperature_c;
  const float offset =
      static_cast<float>(adc) - (static_cast<float>(c.par_h1) * 16.F + static_cast<float>(c.par_h3) / 2.F * t);
  const float sensitivity =
      static_cast<float>(c.par_h2) / 262144.F *
      (1.F + static_cast<float>(c.par_h4) / 16384.F * t + static_cast<float>(c.par_h5) / 1048576.F * t * t);
  const float linear = offset * sensitivity;
  const float curve = static_cast<float>(c.par_h6) / 16384.F + static_cast<float>(c.par_h7) / 2097152.F * t;
  return std::clamp(linear + curve * linear * linear, 0.F, 100.F);
}

float bme680_gas_ohm(const Bme680Calibration& c, std::uint32_t adc, std::uint8_t range) {
  const float scale = (1340.F + 5.F * static_cast<float>(c.range_switching_error)) * kRangeFactor[range];
  return scale * kRangeOhm[range] / (static_cast<float>(adc) - 512.F + scale);
}

std::uint8_t bme680_heater_resistance(const Bme680Calibration& c, float target_c, float ambient_c) {
  const float at_zero = static_cast<float>(c.par_g1) / 16.F + 49.F;
  const float slope = static_cast<float>(c.par_g2) / 32768.F * 0.0005F + 0.00235F;
  const float resistance = at_zero * (1.F + slope * target_c) + static_cast<float>(c.par_g3) / 1024.F * ambient_c;
  const float range = 4.F / (4.F + static_cast<float>(c.res_heat_range));
  const float deviation = 1.F / (1.F + static_cast<float>(c.res_heat_val) * 0.002F);
  const float value = 3.4F * (resistance * range * deviation - 25.F);
  return static_cast<std::uint8_t>(std::clamp(value, 0.F, 255.F));
}

}  // namespace pitview::fw
