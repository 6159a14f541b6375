// A batch of identities as the server issued it: batch.json. Full of secrets.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/time.h"
#include "pitview/json/describe.h"

namespace pitview::kit {

struct BatchDevice {
  std::string device_id;
  std::string license_key;
  std::string mqtt_username;
  std::string mqtt_password;
  std::string command_key;  // 64 hexadecimal digits
  std::string claim_code;   // "K7QF-2M9D-XT"
  std::string claim_url;    // what the QR code says
  Timestamp claim_expires_at;
};
BOOST_DESCRIBE_STRUCT(BatchDevice, (),
                      (device_id, license_key, mqtt_username, mqtt_password, command_key, claim_code, claim_url,
                       claim_expires_at))

struct Batch {
  std::int64_t batch_id = 0;
  std::string name;
  std::string hw_rev;
  std::string api_url;
  std::string mqtt_host;
  std::uint16_t mqtt_port = 0;
  bool mqtt_tls = true;
  std::vector<BatchDevice> devices;

  const BatchDevice* find(std::string_view device_id) const;
};
BOOST_DESCRIBE_STRUCT(Batch, (), (batch_id, name, hw_rev, api_url, mqtt_host, mqtt_port, mqtt_tls, devices))

// Throws KitError with every fault: not this JSON, no device, a device twice, a
// value the firmware would refuse (identity_values.h). `source` is for the message.
Batch parse_batch(std::string_view json, std::string_view source);

// As above. A file that others can read is used, with a warning on standard error.
Batch read_batch(const std::filesystem::path& path);

}  // namespace pitview::kit
