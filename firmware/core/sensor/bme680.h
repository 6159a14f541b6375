// Driver of the Bosch BME680 on I2C: temperature, humidity, pressure and the resistance
// of the heated gas sensor, one forced measurement at a time.
//
//   set_up → resetting → ready → start() → measuring → poll() gives a sample → ready
//
// Every failure leads to `failed`, from where only set_up() leads on: the caller decides
// when. I2C has no checksum, so the calibration is read twice, a sample out of the
// sensor's range is refused, and a sensor that has lost its settings (power gone, another
// one plugged in) is noticed before each measurement.
//
// Nothing here waits: call poll() at next_due_ms(). One thread, no allocation.
#pragma once

#include <cstdint>
#include <optional>

#include "core/ports.h"
#include "core/sensor/bme680_compensation.h"

namespace pitview::fw {

struct Bme680Sample {
  float temperature_c = 0;
  float humidity_rh = 0;
  float pressure_hpa = 0;
  // Missing: the heater did not get hot in time, or the sensor does not vouch for it.
  std::optional<float> gas_ohm;
};

enum class Bme680Fault : std::uint8_t {
  none,
  no_answer,      // at neither address
  foreign_chip,   // something else is there (a BME688 too: its gas values need other formulas)
  bus,            // an answer was missing half-way
  calibration,    // not read the same twice, or not calibration at all
  settings_lost,  // the sensor was without power since it was set up
  no_data,        // it does not finish measuring
  out_of_range,   // beyond what the sensor can measure: corrupted
};

class Bme680 {
 public:
  // Oversampling T×8, P×4, H×2, as in Bosch's own examples: noise well below what the
  // product shows, for 33 ms of measuring. No IIR filter: the Sampler takes means.
  static constexpr float kHeaterC = 320.F;
  static constexpr std::uint32_t kHeatingMs = 150;
  static constexpr std::uint32_t kResetMs = 10;
  // From start() to a result, and until a sensor without one has failed.
  static constexpr std::uint32_t kMeasureMs = 185;
  static constexpr std::uint32_t kGiveUpMs = 370;
  static constexpr std::uint32_t kPollAgainMs = 10;

  enum class State : std::uint8_t { off, resetting, ready, measuring, failed };

  explicit Bme680(I2cPort& i2c) : i2c_(i2c) {}

  // Looks for the sensor and resets it; poll() does the rest.
  void set_up(std::uint64_t now_ms);
  // Begins a measurement. Precondition: ready.
  void start(std::uint64_t now_ms);
  std::optional<Bme680Sample> poll(std::uint64_t now_ms);
  // Heater and measuring off. A sensor that does not hear it stops by itself: a forced
  // measurement is the only one it makes.
  void sleep();

  State state() const { return state_; }
  Bme680Fault fault() const { return fault_; }
  std::uint64_t next_due_ms() const;  // of poll(); UINT64_MAX: nothing is under way

 private:
  bool find();
  bool read_calibration();
  bool read(std::uint8_t from, MutableBytes into);
  void fail(Bme680Fault fault);
  std::optional<Bme680Sample> read_sample(std::uint64_t now_ms);

  I2cPort& i2c_;

  State state_ = State::off;
  Bme680Fault fault_ = Bme680Fault::none;
  std::uint8_t address_ = 0;  // 0: not found
  Bme680Calibration calibration_;
  float ambient_c_ = 25.F;  // the heater's power depends on it: the last temperature
  std::uint64_t due_ms_ = 0;
  std::uint64_t deadline_ms_ = 0;
};

}  // namespace pitview::fw
