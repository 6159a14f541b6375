// How a device comes to a workshop by its code, and is switched off and on.
// Each change is one transaction with its audit row; broker and live view hear of
// it after the commit.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "devices/broker_sync.h"
#include "devices/claim_attempts.h"
#include "devices/device_audit.h"
#include "pitview/base/result.h"
#include "pitview/domain/principal.h"
#include "pitview/live/hub.h"

namespace pitview::devices {

struct ClaimRequest {
  std::string device_id;
  std::string code;  // as typed
  PitId pit;
  bool replace = false;  // of the device that is at the pit, if there is one
};

struct Claimed {
  Device device;
  std::optional<std::string> replaced;  // device id
};

struct StatusChanged {
  Device device;
  bool command_sent = false;  // the broker has it; if not, the device learns of it when the broker is back
};

class DeviceService {
 public:
  struct Parts {
    DevicesRepository& devices;
    BrokerSync& broker;
    live::Hub& hub;
    const Clock& clock;
    const crypto::Key256& data_key;
    ClaimAttempts& attempts;
    std::function<void()> directory_changed;  // from any thread: the ingest reads its list of devices again
  };
  explicit DeviceService(Parts parts) : parts_(std::move(parts)) {}

  Awaitable<std::vector<StoredDevice>> list(WorkshopId workshop, std::optional<DeviceKey> before, int limit);
  // not_found. A super administrator finds devices of any workshop.
  Awaitable<Result<StoredDevice>> find(Principal principal, std::string device_id);
  // The newest first; `before`: only those with a smaller number.
  Awaitable<std::vector<DeviceCommand>> commands(const StoredDevice& device, std::optional<std::int64_t> before,
                                                 int limit);
  Awaitable<std::vector<StoredAssignment>> history(const StoredDevice& device, std::optional<std::int64_t> before,
                                                   int limit);

  // claim_invalid, claim_used, claim_expired, pit_occupied, not_found (the pit), rate_limited.
  Awaitable<Result<Claimed>> claim(Actor actor, ClaimRequest request);
  // not_found, forbidden, conflict (device_rules.h).
  Awaitable<Result<StatusChanged>> set_status(Actor actor, std::string device_id, bool disable, std::string reason);
  // Of the device that asks, signed. unavailable when it has no command key.
  Awaitable<Result<DesiredState>> own_state(Principal device);

 private:
  Parts parts_;
};

}  // namespace pitview::devices
