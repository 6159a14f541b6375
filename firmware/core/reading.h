// A reading as the device keeps it: what one 32-byte record of the spool holds.
// It is published from the record only, so that every repetition is the same.
#pragma once

#include <cstdint>
#include <optional>

namespace pitview::fw {

// What the sensor gave over one interval. Missing: the sensor could not tell.
struct AirValues {
  std::optional<float> temperature_c;  // -40 to 85, resolution 0.01
  std::optional<float> humidity_rh;    // 0 to 100, resolution 0.01
  std::optional<float> pressure_hpa;   // 300 to 1100, resolution 0.02
  std::optional<float> gas_ohm;        // resolution 0.05 %
  std::optional<int> aqi;              // 0 to 500
  std::uint8_t iaq_accuracy = 0;       // 0 to 3
};

struct Reading {
  std::uint32_t boot_id = 0;  // from 1; 31 bits
  std::uint32_t seq = 0;      // from 0 in every boot; 31 bits
  std::uint32_t uptime_s = 0;
  // UTC seconds since 1970 if the time was known when it was measured.
  std::optional<std::uint32_t> unix_s;
  AirValues air;
};

}  // namespace pitview::fw
