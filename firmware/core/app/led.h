// What the one LED says to somebody who stands in front of the device. A pattern is 32
// steps of 100 ms, repeated; the lowest bit is the first step.
#pragma once

#include <cstdint>

namespace pitview::fw {

enum class LedPattern : std::uint32_t {
  steady = 0xFFFFFFFF,        // online, measuring
  no_identity = 0x00000155,   // five flashes: the factory partition is missing or of another board
  no_link = 0xFF00FF00,       // slow and even: no cable, or no address
  connecting = 0x33333333,    // fast: looking for the broker
  unclaimed = 0x00000005,     // two flashes: waiting to be claimed
  sensor_fault = 0xFFFF0115,  // online, but three flashes in the gap: no sensor
  disabled = 0x000003FF,      // one second on, two off
  updating = 0x55555555,      // flickering: do not unplug
};

struct LedFacts {
  bool has_identity = false;
  bool updating = false;
  bool has_address = false;
  bool claimed = false;
  bool online = false;
  bool disabled = false;
  bool sensor_fault = false;
};

// The most urgent thing a person there could do something about.
constexpr LedPattern led_pattern(const LedFacts& facts) {
  if (!facts.has_identity) return LedPattern::no_identity;
  if (facts.updating) return LedPattern::updating;
  if (!facts.has_address) return LedPattern::no_link;
  if (!facts.claimed) return LedPattern::unclaimed;
  if (!facts.online) return LedPattern::connecting;
  if (facts.disabled) return LedPattern::disabled;
  if (facts.sensor_fault) return LedPattern::sensor_fault;
  return LedPattern::steady;
}

constexpr std::uint32_t kLedStepMs = 100;

constexpr bool led_on(LedPattern pattern, std::uint64_t now_ms) {
  return (static_cast<std::uint32_t>(pattern) >> (now_ms / kLedStepMs % 32) & 1) != 0;
}

// When the LED has to change next; never for a steady one.
constexpr std::uint64_t led_next_change_ms(LedPattern pattern, std::uint64_t now_ms) {
  const std::uint64_t step = now_ms / kLedStepMs;
  for (std::uint64_t ahead = 1; ahead < 32; ++ahead) {
    if (led_on(pattern, (step + ahead) * kLedStepMs) != led_on(pattern, now_ms)) return (step + ahead) * kLedStepMs;
  }
  return UINT64_MAX;
}

}  // namespace pitview::fw
