// From single measurements to the mean of an interval: forced BME680 measurements
// every `sample_ms`, the air quality index, calibration offsets, and every
// `publish_ms` one AirValues with the means of what was valid.
//
// A failed sensor gives no numbers (every member empty), never the last good ones,
// and is set up anew again and again. Gas resistance and index count only while
// gas_valid and heat_stab are set. One thread; no blocking, no allocation after start().
#pragma once

#include <cstdint>
#include <optional>

#include "core/app/device.h"
#include "core/ports.h"
#include "core/reading.h"

namespace pitview::fw {

class Sampler {
 public:
  Sampler(I2cPort& i2c, KvPort& settings, std::uint32_t sample_ms, std::uint32_t publish_ms);

  void start(std::uint64_t now_ms);
  // No measuring, no heater; keeps the estimator's baseline.
  void stop();

  // Added to what the sensor says; humidity stays within 0 to 100.
  void set_offsets(float temperature_c, float humidity_rh);

  // Does what is due; the mean whenever an interval has ended, also when it is empty.
  std::optional<AirValues> tick(std::uint64_t now_ms);
  std::uint64_t next_due_ms() const;

  SensorState state() const;  // idle, warmup (no trusted index yet), ok, fault

 private:
};

}  // namespace pitview::fw
