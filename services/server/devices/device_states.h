// What a device shall be: its next version in the database, inside the caller's
// transaction, and the signed messages that say so, to be sent after the commit.
#pragma once

#include <optional>
#include <string>

#include "devices/devices_repository.h"
#include "pitview/base/crypto.h"

namespace pitview::devices {

// For the broker, after the commit.
struct Told {
  DeviceKey key;
  std::string device_id;
  std::string workshop_code;
  std::int64_t version = 0;
  Licence licence = Licence::unprovisioned;
  std::optional<Command> command;     // signed; not retained
  std::optional<DesiredState> state;  // signed; retained
};

// With the hmac; empty when the device has no command key. A device without a
// place is told no workshop and no pit.
std::optional<DesiredState> sign(const crypto::Key256& data_key, const std::string& device_id,
                                 const std::optional<std::string>& command_key_sealed, DesiredState state);

// As it stands in the database.
DesiredState state_of(const StoredDevice& device);

struct Restatement {
  std::string enabled_reason;        // said when the device is enabled; why it is disabled is in its row
  std::optional<UserId> actor = {};  // for the history; empty: the system
  bool with_command = true;          // besides the retained state
};

// `device` is locked and as the transaction left it; its version, licence and
// reason are brought up to date.
Awaitable<Told> restate(postgres::Transaction& tx, StoredDevice& device, Restatement how, Timestamp now,
                        const crypto::Key256& data_key);

}  // namespace pitview::devices
