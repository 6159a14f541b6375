// New devices from the factory: their secrets are made here and shown once.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "devices/device_service.h"

namespace pitview::devices {

// What devices are told of where to report (configuration, [devices] and public_base_url).
struct Addresses {
  std::string public_base_url;
  std::string mqtt_host;
  std::uint16_t mqtt_port = 0;
  bool mqtt_tls = true;
};

struct IssuedDevice {
  std::string device_id;
  std::string license_key;
  std::string mqtt_username;
  std::string mqtt_password;
  std::string command_key;  // 64 hexadecimal digits
  std::string claim_code;
  std::string claim_url;
  Timestamp claim_expires_at;
};
BOOST_DESCRIBE_STRUCT(IssuedDevice, (),
                      (device_id, license_key, mqtt_username, mqtt_password, command_key, claim_code, claim_url,
                       claim_expires_at))

struct IssuedBatch {
  std::int64_t batch_id = 0;
  std::string name;
  std::string hw_rev;
  std::string api_url;
  std::string mqtt_host;
  int mqtt_port = 0;
  bool mqtt_tls = true;
  std::vector<IssuedDevice> devices;
};
BOOST_DESCRIBE_STRUCT(IssuedBatch, (), (batch_id, name, hw_rev, api_url, mqtt_host, mqtt_port, mqtt_tls, devices))

struct BatchRequest {
  std::string name;
  std::string hw_rev;
  std::vector<std::string> device_ids;
  std::chrono::days claim_window{365};
};

class BatchService {
 public:
  struct Parts {
    DevicesRepository& devices;
    const Clock& clock;
    const crypto::Key256& data_key;
    Addresses addresses;
  };
  explicit BatchService(Parts parts) : parts_(std::move(parts)) {}

  // All of them or none. validation_failed for ids that are none or given twice,
  // conflict naming the ids that are taken, or for a batch name that is.
  Awaitable<Result<IssuedBatch>> issue(Actor actor, BatchRequest request);

 private:
  IssuedDevice make(const std::string& device_id, Timestamp claim_expires_at, NewBatch& rows) const;

  Parts parts_;
};

}  // namespace pitview::devices
