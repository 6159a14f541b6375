// What the device may do.
#pragma once

#include <cstdint>
#include <string_view>

namespace pitview::fw {

enum class LicenceState : std::uint8_t {
  unprovisioned,  // belongs to no pit yet: asks the server where it belongs
  enabled,        // measures and publishes
  disabled,       // connected, but no measuring, no heater, no readings
};

constexpr std::string_view to_text(LicenceState state) {
  switch (state) {
    case LicenceState::unprovisioned: return "unprovisioned";
    case LicenceState::enabled: return "enabled";
    case LicenceState::disabled: return "disabled";
  }
  return "";
}

}  // namespace pitview::fw
