// Remembers what the server last ordered, through every power cut.
//
// A new order is on flash before obey() returns true, and only then may it be
// confirmed: a power cut in between cannot bring a disabled device back. Commands
// and desired states are numbered by one counter of the device; what is not newer
// than what was obeyed is a replay and changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/licence/licence_state.h"
#include "core/licence/signed_message.h"
#include "core/ports.h"

namespace pitview::fw {

enum class Obedience : std::uint8_t {
  obeyed,
  not_newer,     // obeyed before, or a replay
  expired,       // a command that came too late
  time_unknown,  // a command whose expiry cannot be judged; the desired state will say the same
  not_kept,      // the flash refused: nothing has changed, the server will repeat it
};

constexpr std::string_view to_text(Obedience obedience) {
  switch (obedience) {
    case Obedience::obeyed: return "obeyed";
    case Obedience::not_newer: return "not newer";
    case Obedience::expired: return "expired";
    case Obedience::time_unknown: return "time unknown";
    case Obedience::not_kept: return "flash refused";
  }
  return "";
}

class LicenceKeeper {
 public:
  explicit LicenceKeeper(KvPort& settings) : kv_(settings) {}

  // What was obeyed before the restart; a value that cannot be read counts as none.
  void start();

  // `now_unix`: nothing while the time is not known.
  Obedience obey(const Command& command, std::optional<std::uint32_t> now_unix);
  Obedience obey(const DesiredState& state);

  LicenceState licence() const { return state_.licence; }
  std::string_view reason() const { return state_.reason.view(); }
  std::string_view workshop_code() const { return state_.workshop_code.view(); }
  std::uint16_t pit_number() const { return state_.pit_number; }
  float temperature_offset_c() const { return static_cast<float>(state_.temperature_offset_centi) / 100.0F; }
  float humidity_offset_rh() const { return static_cast<float>(state_.humidity_offset_centi) / 100.0F; }
  // The newest number obeyed, of a command or of a desired state.
  std::uint64_t state_version() const { return state_.licence_version; }

 private:
  struct State {
    // Of the newest order that set the licence; of the newest desired state. A desired
    // state with the number of an obeyed command says the same and brings the rest.
    std::uint64_t licence_version = 0;
    std::uint64_t config_version = 0;
    LicenceState licence = LicenceState::unprovisioned;
    FixedString<64> reason;
    FixedString<64> workshop_code;
    std::uint16_t pit_number = 0;
    std::int16_t temperature_offset_centi = 0;
    std::int16_t humidity_offset_centi = 0;
  };
  Obedience keep(const State& next);

  KvPort& kv_;
  State state_;
};

}  // namespace pitview::fw
