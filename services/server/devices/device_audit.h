// A change of a device, as the audit log keeps it and as screens hear of it.
#pragma once

#include <optional>
#include <string>

#include "audit/actor.h"
#include "devices/devices_repository.h"
#include "pitview/live/hub.h"

namespace pitview::devices {

using audit::Actor;

Awaitable<> record_change(postgres::Transaction& tx, const Actor& actor, std::string action,
                          const std::optional<Device>& before, const StoredDevice& after);

// "device_status" for its pit. From any thread.
void announce(live::Hub& hub, const StoredDevice& device);

}  // namespace pitview::devices
