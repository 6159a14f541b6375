// How the air sensor is.
#pragma once

#include <cstdint>
#include <string_view>

namespace pitview::fw {

enum class SensorState : std::uint8_t {
  idle,    // switched off by the licence
  warmup,  // measures, but the air quality index is not trusted yet
  ok,
  fault,
};

constexpr std::string_view to_text(SensorState state) {
  switch (state) {
    case SensorState::idle: return "idle";
    case SensorState::warmup: return "warmup";
    case SensorState::ok: return "ok";
    case SensorState::fault: return "fault";
  }
  return "";
}

}  // namespace pitview::fw
