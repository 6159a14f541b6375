// Who wants to know what the ingest notices of devices and does not deal with
// itself. Called on the ingest's thread; must not block.
#pragma once

#include "telemetry/device_directory.h"

namespace pitview::telemetry {

class DeviceWatcher {
 public:
  virtual ~DeviceWatcher() = default;
  // It sent a reading that is taken, so it was there when it measured.
  virtual void heard(Device& device, Timestamp measured_at) = 0;
  // It sent a reading that its licence does not allow.
  virtual void licence_refused(const Device& device) = 0;
};

}  // namespace pitview::telemetry
