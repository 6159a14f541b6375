// A device as staff sees it.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::devices {

struct DeviceCommand {
  std::int64_t version = 0;
  std::string command;  // DISABLE, ENABLE
  std::string reason;
  Timestamp sent_at;
  std::optional<Timestamp> acknowledged_at;
  std::optional<std::string> by;  // a name; empty: the system
};
BOOST_DESCRIBE_STRUCT(DeviceCommand, (), (version, command, reason, sent_at, acknowledged_at, by))

// A time at a pit.
struct DeviceAssignment {
  PitId pit_id;
  int pit_number = 0;
  Timestamp assigned_at;
  std::optional<Timestamp> released_at;  // empty: it is there
};
BOOST_DESCRIBE_STRUCT(DeviceAssignment, (), (pit_id, pit_number, assigned_at, released_at))

struct Device {
  std::string device_id;
  WorkshopId workshop_id;
  std::optional<PitId> pit_id;
  std::optional<int> pit_number;
  std::string status;  // active, disabled, retired
  std::string status_reason;
  std::string licence;  // what it was told to be: enabled, disabled, unprovisioned
  std::string licence_reason;
  bool online = false;
  std::optional<Timestamp> last_seen;
  std::optional<std::string> fw;
  std::optional<std::string> hw_rev;
  std::optional<Timestamp> claimed_at;
  std::int64_t state_version = 0;
  std::int64_t acknowledged_version = 0;
  std::optional<Timestamp> acknowledged_at;
  int temperature_offset_centi = 0;
  int humidity_offset_centi = 0;
  std::optional<Timestamp> calibrated_at;
};
BOOST_DESCRIBE_STRUCT(Device, (),
                      (device_id, workshop_id, pit_id, pit_number, status, status_reason, licence, licence_reason,
                       online, last_seen, fw, hw_rev, claimed_at, state_version, acknowledged_version, acknowledged_at,
                       temperature_offset_centi, humidity_offset_centi, calibrated_at))

}  // namespace pitview::devices
