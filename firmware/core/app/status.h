// What the device says of itself (contracts/mqtt/status.schema.json), and when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/text.h"
#include "core/licence/licence_state.h"
#include "core/ota/ota_state.h"
#include "core/ports.h"
#include "core/sensor/sensor_state.h"

namespace pitview::fw {

struct StatusFacts {
  std::string_view firmware_version;
  std::string_view hw_rev;
  std::uint32_t boot_id = 0;
  std::uint32_t uptime_s = 0;
  std::string_view ip;
  LinkSpeed link = LinkSpeed::down;
  std::uint32_t free_heap_bytes = 0;
  ResetReason reset_reason = ResetReason::other;
  SensorState sensor = SensorState::idle;
  LicenceState licence = LicenceState::unprovisioned;
  std::string_view reason;
  std::uint64_t state_version = 0;
  std::size_t waiting = 0;
  std::uint64_t dropped = 0;
  OtaState ota = OtaState::idle;
};

using StatusPayload = Text<640>;

void encode_status(StatusPayload& out, const StatusFacts& facts);

// After every connection, every change of what matters, and every 5 minutes.
class StatusSchedule {
 public:
  static constexpr std::uint32_t kIntervalMs = 300'000;

  void on_connected() { sent_ = false; }
  bool due(std::uint64_t now_ms, const StatusFacts& facts) const {
    return !sent_ || now_ms >= next_ms_ || facts.sensor != sensor_ || facts.licence != licence_ ||
           facts.state_version != state_version_ || facts.ota != ota_ || facts.link != link_;
  }
  void on_sent(std::uint64_t now_ms, const StatusFacts& facts) {
    sent_ = true;
    next_ms_ = now_ms + kIntervalMs;
    sensor_ = facts.sensor;
    licence_ = facts.licence;
    state_version_ = facts.state_version;
    ota_ = facts.ota;
    link_ = facts.link;
  }
  std::uint64_t next_due_ms() const { return sent_ ? next_ms_ : 0; }

 private:
  bool sent_ = false;
  std::uint64_t next_ms_ = 0;
  SensorState sensor_ = SensorState::idle;
  LicenceState licence_ = LicenceState::unprovisioned;
  std::uint64_t state_version_ = 0;
  OtaState ota_ = OtaState::idle;
  LinkSpeed link_ = LinkSpeed::down;
};

}  // namespace pitview::fw
