// One device of the fleet: the firmware's core (firmware/core), a body of virtual
// ports, and the switches a scenario or a test may turn.
//
// What survives a power cut: flash, settings, slots. What does not: the core itself.
// All calls on the thread of `executor`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "config.h"
#include "core/app/device.h"
#include "device/air_script.h"
#include "device/http_port.h"
#include "device/mqtt_port.h"
#include "device/network.h"
#include "device/ota_slots.h"
#include "device/virtual_clock.h"
#include "pitview/async/asio.h"
#include "testing/fake_bme680.h"
#include "testing/fake_ports.h"
#include "testing/host_crypto.h"
#include "testing/sim_flash.h"

namespace pitview::sim {

struct FleetConfig {
  MqttConfig mqtt;
  ApiConfig api;
  fw::DeviceOptions options;
  std::string firmware_version;
  std::optional<crypto::P256PublicKey> release_key;  // none: no release is ever accepted
  std::int64_t start_unix_ms = 0;                    // the devices' idea of UTC at their first power-on
  // As after days of running: the baseline of the air quality is known, and the hot plate
  // has been hot for a while.
  bool calibrated = true;
};

class VirtualDevice {
 public:
  VirtualDevice(asio::any_io_executor executor, const DeviceConfig& device, const FleetConfig& fleet);
  ~VirtualDevice();

  const std::string& id() const noexcept { return id_; }
  bool powered() const noexcept { return core_ != nullptr; }
  fw::DeviceSnapshot snapshot() const;  // all zero while it has no power
  std::string_view firmware_version() { return slots_.running_version(); }
  std::uint64_t measured_in_all() const;  // over all boots of this process
  std::uint64_t settled_in_all() const;

  void power_on();
  void power_off();  // at once, wherever it is
  void power_cycle();

  // Time that passes for this device only, in one go: what it would have done by itself
  // it does now. Its network should be cut, as no answer can arrive in between.
  void advance(std::chrono::milliseconds by);

  // The switches.
  Network& network() noexcept { return network_; }
  void apply_network();  // after a change of network()
  AirScript& air() noexcept { return air_; }
  VirtualClock& clock() noexcept { return clock_; }
  void set_sensor_fault(bool fault);

  // Takes leave of the broker with an `offline` status, then `done`.
  void leave(std::function<void()> done);

 private:
  class Link;
  class System;
  class Sensor;
  void calibrate();
  void warm_up();
  void run();
  void wake();
  void schedule(std::uint64_t due_ms);

  asio::any_io_executor executor_;
  std::string id_;
  fw::DeviceOptions options_;
  std::string mqtt_ca_file_;
  VirtualClock clock_;
  Network network_;
  AirScript air_;
  fw::testing::FakeKv factory_;
  fw::testing::FakeKv settings_;
  fw::testing::SimFlash flash_;
  OtaSlots slots_;
  fw::testing::HostCrypto crypto_;
  fw::testing::FakeRandom random_;
  fw::testing::FakeLed led_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<System> system_;
  std::unique_ptr<Sensor> sensor_;
  std::unique_ptr<MqttPort> mqtt_;
  std::unique_ptr<HttpPort> http_;
  std::unique_ptr<fw::Device> core_;

  asio::steady_timer timer_;
  bool woken_ = false;
  bool advancing_ = false;
  std::chrono::milliseconds warm_up_;  // to be made up for at the first ENABLE
  std::uint64_t measured_before_ = 0;
  std::uint64_t settled_before_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace pitview::sim
