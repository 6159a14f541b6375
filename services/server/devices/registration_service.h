// Devices that come to a workshop without a claim code (plan §8.4).
//
// Who has the id of a device has not the device: it is printed on the box. So a
// workshop can register only an id that the platform does not know, which gets new
// secrets; one from the factory or of another workshop needs its code
// (device_service.h). A super administrator can also give a workshop a device from the
// factory that nobody has claimed; it keeps its secrets.
#pragma once

#include "devices/batch_service.h"
#include "devices/device_changes.h"
#include "devices/device_secrets.h"
#include "pits/camera_address.h"

namespace pitview::devices {

struct RegistrationRequest {
  std::string device_id;
  int pit_number = 0;  // made when missing
  std::optional<std::string> camera_ip;
  std::optional<std::string> camera_model;
  std::optional<WorkshopId> workshop;  // super administrators
};

// The secrets are here and nowhere else; empty for a device from the factory.
struct RegisteredDevice {
  std::string device_id;
  std::optional<std::string> license_key;
  std::string status;
  std::string workshop_code;
  PitId pit_id;
  int pit_number = 0;
  std::optional<std::string> mqtt_username;
  std::optional<std::string> mqtt_password;
  std::optional<std::string> command_key;  // 64 hexadecimal digits
  std::string mqtt_host;
  int mqtt_port = 0;
  bool mqtt_tls = true;
};
BOOST_DESCRIBE_STRUCT(RegisteredDevice, (),
                      (device_id, license_key, status, workshop_code, pit_id, pit_number, mqtt_username, mqtt_password,
                       command_key, mqtt_host, mqtt_port, mqtt_tls))

class RegistrationService {
 public:
  // Ids that were registered and never heard of, in one workshop: so that nobody takes
  // the ids of devices that are still to be made.
  static constexpr std::int64_t kMaxNeverSeen = 20;

  RegistrationService(DeviceService::Parts parts, const pits::CameraNetworks& networks, Addresses addresses)
      : parts_(std::move(parts)), networks_(networks), addresses_(std::move(addresses)) {}

  // validation_failed; conflict when the id is known, or too many were never seen;
  // pit_occupied; rate_limited after ten known ids in an hour.
  Awaitable<Result<RegisteredDevice>> add(Actor actor, RegistrationRequest request);

 private:
  struct Added {
    DeviceKey key;
    std::optional<DeviceSecrets> secrets;
  };
  Result<WorkshopId> workshop_of(const Principal& principal, const RegistrationRequest& request) const;
  Awaitable<Result<Added>> add_row(postgres::Transaction& tx, const Actor& actor, WorkshopId workshop,
                                   const std::string& device_id, Timestamp at);

  DeviceService::Parts parts_;
  const pits::CameraNetworks& networks_;
  const Addresses addresses_;
};

}  // namespace pitview::devices
