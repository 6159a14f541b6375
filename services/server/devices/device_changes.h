// What staff changes of a device that is at work: its pit, its calibration, and
// putting it out for good. Each change is one transaction with its audit row.
#pragma once

#include "devices/device_service.h"

namespace pitview::devices {

struct Calibration {
  std::optional<int> temperature_offset_centi;  // 1/100 °C, -2000 to 2000; empty: as it is
  std::optional<int> humidity_offset_centi;     // 1/100 %RH, -5000 to 5000
};

class DeviceChanges {
 public:
  explicit DeviceChanges(DeviceService::Parts parts) : parts_(std::move(parts)) {}

  // All: not_found. A super administrator finds devices of any workshop.

  // To another pit of the workshop. not_found (the pit), pit_occupied; conflict while a
  // job runs at its pit: the customer would lose the readings.
  Awaitable<Result<Device>> move(Actor actor, std::string device_id, PitId pit);
  Awaitable<Result<Device>> calibrate(Actor actor, std::string device_id, Calibration calibration);
  // For good: its licence ends and the broker lets it in no more. conflict while a job
  // runs at its pit. `reason` is as is_reason() has it.
  Awaitable<Result<Device>> retire(Actor actor, std::string device_id, std::string reason);

  // Inside a transaction that changed what the device at `pit` is told: its next version,
  // to be sent after the commit. Empty when no device is there.
  Awaitable<std::optional<Told>> restate_at(postgres::Transaction& tx, const Actor& actor, PitId pit);
  Awaitable<> send(Told told);

 private:
  Awaitable<Result<Device>> finish(postgres::Transaction& tx, const Actor& actor, std::string action,
                                   const Device& before, DeviceKey key);
  Awaitable<Told> restate_quietly(postgres::Transaction& tx, const Actor& actor, StoredDevice& device);

  DeviceService::Parts parts_;
};

struct Retirement {
  std::string action;  // for the audit log
  std::string reason;
};

// The device leaves its pit at `at` for good; its readings and its place in the history
// stay. What it is told, to be sent after the commit.
Awaitable<Told> retire_in(postgres::Transaction& tx, const Actor& actor, DeviceKey device, Retirement why, Timestamp at,
                          const crypto::Key256& data_key);

}  // namespace pitview::devices
