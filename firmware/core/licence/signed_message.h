// What the server orders: a command or a desired state, taken from JSON only if it is
// complete, within its ranges and signed with this device's command key
// (contracts/mqtt/README.md). Whether it is obeyed is the licence keeper's decision.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/text.h"
#include "core/identity/identity.h"
#include "core/licence/licence_state.h"
#include "core/ports.h"

namespace pitview::fw {

struct Command {
  LicenceState licence = LicenceState::disabled;  // enabled or disabled
  FixedString<64> reason;
  std::uint64_t id = 0;
  std::uint32_t expires_unix_s = 0;
};

struct DesiredState {
  std::uint64_t version = 0;
  LicenceState licence = LicenceState::unprovisioned;
  FixedString<64> reason;
  FixedString<64> workshop_code;              // one topic level of a-z 0-9 _ -; empty while unprovisioned
  std::uint16_t pit_number = 0;               // 1 to 999; 0 while unprovisioned
  std::int16_t temperature_offset_centi = 0;  // -2000 to 2000
  std::int16_t humidity_offset_centi = 0;     // -5000 to 5000
};

class MessageVerifier {
 public:
  MessageVerifier(CryptoPort& crypto, const Identity& identity) : crypto_(crypto), identity_(identity) {}

  // Nothing: not JSON, a member missing or wrong, or not signed by the server.
  std::optional<Command> command(std::string_view json);
  std::optional<DesiredState> desired_state(std::string_view json);

 private:
  bool signed_with_key(std::string_view text, std::string_view hmac_hex);

  CryptoPort& crypto_;
  const Identity& identity_;
};

}  // namespace pitview::fw
