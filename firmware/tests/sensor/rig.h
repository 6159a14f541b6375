// What the tests of driver and sampler share: a sensor on a bus, with a clock.
#pragma once

#include <cstdint>
#include <optional>

#include "core/sensor/bme680.h"
#include "testing/fake_bme680.h"
#include "testing/fake_ports.h"

namespace pitview::fw::testing {

struct DriverRig {
  FakeClock clock;
  FakeBme680 fake;
  Bme680 driver{fake};

  explicit DriverRig(std::uint8_t address = 0x76) : fake(clock, address) { clock.advance(1'000); }

  std::uint64_t now() { return clock.uptime; }
  void set_up() {
    driver.set_up(now());
    finish();
  }
  // As a caller does it: polls when the driver wants it, until it has come to rest.
  std::optional<Bme680Sample> finish() {
    std::optional<Bme680Sample> sample;
    while (driver.next_due_ms() != UINT64_MAX) {
      clock.uptime = driver.next_due_ms();
      sample = driver.poll(now());
    }
    return sample;
  }
  std::optional<Bme680Sample> measure() {
    driver.start(now());
    return finish();
  }
};

}  // namespace pitview::fw::testing
