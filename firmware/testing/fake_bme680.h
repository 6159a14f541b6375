// A BME680 at register level on an I2cPort, for tests of the driver and for the
// simulator: the real driver runs on it, so what arrives is what a sensor would give.
//
//   FakeBme680 sensor(clock);
//   sensor.set_air({22.5, 48, 1003.2, 120'000});   // what it measures from now on
//
// set_air() turns the air into ADC values by inverting the driver's own formulas with the
// sensor's calibration; what the driver reads back differs by the resolution (0.001 °C,
// 0.02 %RH, 0.3 Pa, 0.2 % of the resistance). Beyond what an ADC can express it saturates,
// and so it does at the ends of 0 to 100 %RH.
//
// It keeps time: a measurement takes as long as the oversampling and the heater say, the
// result is there after that, and after a reset it does not answer for 2 ms. It measures
// what is switched on only; the gas reading is stable only with a heater set to 200 to
// 400 °C for 20 ms or more.
//
// Faults are public members; set them at any moment. No allocation after the constructor.
// One thread.
#pragma once

#include <array>
#include <cstdint>

#include "core/ports.h"
#include "core/sensor/bme680_compensation.h"

namespace pitview::fw::testing {

struct Air {
  double temperature_c = 21;
  double humidity_rh = 45;
  double pressure_hpa = 1013.25;
  double gas_ohm = 150'000;
};

class FakeBme680 : public I2cPort {
 public:
  explicit FakeBme680(ClockPort& clock, std::uint8_t address = 0x76,
                      const Bme680Calibration& calibration = typical_calibration());

  // Of a real sensor, published in the tests of elixir-sensors/bmp280.
  static Bme680Calibration typical_calibration();

  void set_air(const Air& air);

  // Power off and on again: every setting is lost. A measurement under way is not finished.
  void power_cycle();
  // Another sensor in its place.
  void replace(const Bme680Calibration& calibration);

  bool write(std::uint8_t address, ByteView bytes) override;
  bool write_read(std::uint8_t address, ByteView bytes, MutableBytes into) override;

  // What the sensor does at this moment.
  bool measuring();
  bool heater_on();  // heats now
  int measurements() const { return measurements_; }
  int transfers() const { return transfers_; }  // acknowledged or not
  std::uint8_t& reg(std::uint8_t number) { return registers_[number]; }

  // Faults.
  bool plugged = true;
  bool bus_hangs = false;       // SDA held low: nobody answers
  bool never_finishes = false;  // measuring stays set
  bool keeps_old_data = false;  // finishes, but new_data stays clear
  bool gas_valid = true;
  bool heat_stable = true;
  std::uint8_t chip_id = 0x61;
  std::uint8_t variant = 0;        // 1: a BME688
  int nack_after = -1;             // that many transfers are acknowledged, the next one is not; -1: off
  int corrupt_after = -1;          // that many reads are right, then one comes with `corruption` in every byte
  std::uint8_t corruption = 0xFF;  // XOR
  int cut_after = -1;              // that many reads are whole, then one breaks off in the middle

 private:
  bool answers(std::uint8_t address);
  void set_register(std::uint8_t number, std::uint8_t value);
  void load_calibration();
  void begin_measurement();
  void catch_up();  // with the clock
  void finish_measurement();
  bool heater_is_set() const;
  void put_adc20(std::uint8_t offset, std::uint32_t value);

  ClockPort& clock_;
  std::uint8_t address_;
  Bme680Calibration calibration_;

  std::array<std::uint8_t, 256> registers_{};
  Air air_;
  bool measuring_ = false;
  std::uint64_t done_ms_ = 0;
  std::uint64_t awake_ms_ = 0;  // answers from then on
  int measurements_ = 0;
  int transfers_ = 0;
};

// The registers that hold this calibration; the inverse of parse_calibration().
Bme680RawCalibration raw_calibration(const Bme680Calibration& calibration);

// The ADC values a sensor of this calibration shows in this air.
struct Bme680Adc {
  std::uint32_t temperature = 0;
  std::uint32_t pressure = 0;
  std::uint32_t humidity = 0;
  std::uint32_t gas = 0;
  std::uint8_t gas_range = 0;
};
Bme680Adc adc_of(const Bme680Calibration& calibration, const Air& air);

}  // namespace pitview::fw::testing
