// Is the new image good enough to stay? It must do what the device is for.
#pragma once

#include <cstdint>
#include <string_view>

namespace pitview::fw {

// What has been seen since the start of the new image.
struct SelfTestFacts {
  bool sensor_works = false;
  bool sensor_expected = true;  // it worked before the update, and the licence lets it measure
  bool has_address = false;
  bool broker_accepted = false;   // CONNACK
  bool broker_confirmed = false;  // PUBACK
};

constexpr std::uint32_t kSelfTestMs = 180'000;

// Empty: passed. Otherwise what is still missing, as the report says it.
constexpr std::string_view self_test_missing(const SelfTestFacts& facts) {
  if (!facts.has_address) return "no_address";
  if (!facts.broker_accepted) return "no_connack";
  if (!facts.broker_confirmed) return "no_puback";
  if (facts.sensor_expected && !facts.sensor_works) return "no_sensor";
  return "";
}

}  // namespace pitview::fw
