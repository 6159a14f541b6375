// From single measurements to the mean of an interval: forced BME680 measurements
// every `sample_ms`, the air quality index, calibration offsets, and every
// `publish_ms` one AirValues with the means of what was valid.
//
// Both run on a grid that start() lays down: a late tick does what is due once, and
// the next one is due where it would have been anyway.
//
// A failed sensor gives no numbers (every member empty), never the last good ones,
// and is set up anew again and again, with pauses from 1 s to 1 min. One failure may be
// a bit lost on the bus; two in a row are a fault. Gas resistance and index count only
// while gas_valid and heat_stab are set. One thread; no blocking, no allocation after start().
#pragma once

#include <cstdint>
#include <optional>

#include "core/ports.h"
#include "core/reading.h"
#include "core/sensor/bme680.h"
#include "core/sensor/iaq.h"
#include "core/sensor/mean.h"
#include "core/sensor/sensor_state.h"

namespace pitview::fw {

class Sampler {
 public:
  static constexpr std::uint32_t kRetryMs = 1'000;  // after the first failure, then twice as long each time
  static constexpr std::uint32_t kLongestRetryMs = 60'000;
  static constexpr std::uint32_t kFaultAfter = 2;      // failures in a row
  static constexpr std::uint8_t kTrustedAccuracy = 2;  // as the server's alerts see it

  Sampler(I2cPort& i2c, KvPort& settings, std::uint32_t sample_ms, std::uint32_t publish_ms)
      : sensor_(i2c), iaq_(settings), sample_ms_(sample_ms), publish_ms_(publish_ms) {}

  void start(std::uint64_t now_ms);
  // No measuring, no heater; keeps the estimator's baseline.
  void stop();

  // Added to what the sensor says; humidity stays within 0 to 100.
  void set_offsets(float temperature_c, float humidity_rh);

  // Does what is due; the mean whenever an interval has ended, also when it is empty.
  std::optional<AirValues> tick(std::uint64_t now_ms);
  std::uint64_t next_due_ms() const;

  SensorState state() const;                             // idle, warmup (no trusted index yet), ok, fault
  Bme680Fault fault() const { return sensor_.fault(); }  // the latest one; for a person

 private:
  struct Interval {
    Mean temperature_c, humidity_rh, pressure_hpa, gas_ohm, index;
  };

  void drive_sensor(std::uint64_t now_ms);
  void take(const Bme680Sample& sample, std::uint64_t now_ms);
  void note_failure(std::uint64_t now_ms);
  AirValues close_interval();

  Bme680 sensor_;
  IaqEstimator iaq_;
  std::uint32_t sample_ms_;
  std::uint32_t publish_ms_;
  float temperature_offset_c_ = 0;
  float humidity_offset_rh_ = 0;

  bool running_ = false;
  bool trusted_ = false;        // the last interval's index
  std::uint32_t failures_ = 0;  // since the last sample
  std::uint64_t retry_at_ms_ = 0;
  std::uint64_t sample_due_ms_ = 0;
  std::uint64_t publish_due_ms_ = 0;
  Interval interval_;
};

}  // namespace pitview::fw
