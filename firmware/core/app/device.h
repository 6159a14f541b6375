// The device: everything the core does, behind one call. A body (firmware/idf,
// tools/sim) makes the ports, calls start() once after power-on, then tick()
// again and again.
//
//   Device device(ports);
//   device.start();
//   for (;;) wait_until(device.tick());
//
// One thread. All memory is taken in the constructor and in start().
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/licence/licence_state.h"
#include "core/ota/ota_state.h"
#include "core/ports.h"
#include "core/sensor/sensor_state.h"

namespace pitview::fw {

struct DeviceOptions {
  std::uint32_t sample_ms = 3'000;    // one forced measurement of the sensor
  std::uint32_t publish_ms = 10'000;  // one reading: the mean of the samples since the last
};

// What a test or a status page may know.
struct DeviceSnapshot {
  bool has_identity = false;
  bool online = false;  // MQTT session is up and subscribed
  LicenceState licence = LicenceState::unprovisioned;
  std::uint64_t state_version = 0;
  SensorState sensor = SensorState::idle;
  OtaState ota = OtaState::idle;
  std::uint32_t boot_id = 0;
  std::uint64_t measured = 0;   // readings made since the start
  std::uint64_t published = 0;  // PUBLISHes of readings, repetitions included
  std::uint64_t settled = 0;    // readings the server has settled since the start
  std::uint64_t dropped = 0;    // readings the full ring has lost since the start
  std::size_t waiting = 0;      // readings not settled
};

class Device {
 public:
  explicit Device(const Ports& ports, DeviceOptions options = {});
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  void start();

  // Does what is due and returns the uptime (ms) by which it wants to be called
  // again; earlier is always right, and needed as soon as a port has something.
  std::uint64_t tick();

  DeviceSnapshot snapshot() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pitview::fw
