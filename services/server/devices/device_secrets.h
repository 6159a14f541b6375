// What a device is made with in the factory, and how the server keeps it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/crypto.h"

namespace pitview::devices {

struct DeviceSecrets {
  std::string license_key;
  std::string mqtt_password;   // 192 random bits, base64url
  crypto::Key256 command_key;  // of the HMAC of commands and desired states
  std::string claim_code;      // as claim_code.h has it, without dashes
};

DeviceSecrets make_device_secrets();

// The id is part of what is sealed: a value put into another device's row does
// not open.
std::string seal_mqtt_password(const crypto::Key256& data_key, std::string_view device_id, std::string_view password);
std::optional<std::string> open_mqtt_password(const crypto::Key256& data_key, std::string_view device_id,
                                              std::string_view sealed);
std::string seal_command_key(const crypto::Key256& data_key, std::string_view device_id,
                             const crypto::Key256& command_key);
std::optional<crypto::Key256> open_command_key(const crypto::Key256& data_key, std::string_view device_id,
                                               std::string_view sealed);

}  // namespace pitview::devices
