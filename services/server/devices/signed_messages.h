// What the server tells a device, as contracts/mqtt has it: commands and desired
// states, each with an HMAC by the device's command key. Pure functions; the
// vectors of the contract are their test.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "pitview/base/crypto.h"

namespace pitview::devices {

struct Command {
  std::string command;  // "DISABLE" or "ENABLE"
  std::string reason;
  std::int64_t id = 0;
  std::string expires_at;  // the text itself is signed
  std::string hmac;
};
BOOST_DESCRIBE_STRUCT(Command, (), (command, reason, id, expires_at, hmac))

struct DesiredState {
  std::int64_t version = 0;
  std::string licence;  // "unprovisioned", "enabled", "disabled"
  std::string reason;
  std::string workshop_code;  // "" and pit 0 with "unprovisioned"
  int pit_number = 0;
  int temperature_offset_centi = 0;
  int humidity_offset_centi = 0;
  std::string hmac;
};
BOOST_DESCRIBE_STRUCT(DesiredState, (),
                      (version, licence, reason, workshop_code, pit_number, temperature_offset_centi,
                       humidity_offset_centi, hmac))

// The message with its hmac.
Command signed_command(const crypto::Key256& key, std::string_view device_id, Command command);
DesiredState signed_state(const crypto::Key256& key, std::string_view device_id, DesiredState state);

}  // namespace pitview::devices
