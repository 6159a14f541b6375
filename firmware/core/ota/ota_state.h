// How far an update is.
#pragma once

#include <cstdint>
#include <string_view>

namespace pitview::fw {

enum class OtaState : std::uint8_t { idle, downloading, pending_verify };

constexpr std::string_view to_text(OtaState state) {
  switch (state) {
    case OtaState::idle: return "idle";
    case OtaState::downloading: return "downloading";
    case OtaState::pending_verify: return "pending_verify";
  }
  return "";
}

}  // namespace pitview::fw
