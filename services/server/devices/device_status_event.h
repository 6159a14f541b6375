// The live event that says how a device is: "device_status".
#pragma once

#include <optional>
#include <string>

#include "pitview/live/hub.h"

namespace pitview::devices {

// To those who may see `pit`; to those who see every pit when the device is at none.
// `status` is online, offline, disabled or unknown; `last_seen` is empty for a device
// that has never been there. From any thread.
void publish_device_status(live::Hub& hub, WorkshopId workshop, std::optional<PitId> pit, std::string status,
                           std::optional<Timestamp> last_seen);

}  // namespace pitview::devices
