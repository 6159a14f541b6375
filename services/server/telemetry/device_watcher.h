// Who wants to know what the ingest notices of devices and does not deal with
// itself. Called on the ingest's thread; must not block.
#pragma once

#include "telemetry/device_directory.h"
#include "telemetry/sensor_message.h"

namespace pitview::telemetry {

class DeviceWatcher {
 public:
  virtual ~DeviceWatcher() = default;
  virtual void directory_loaded(const DeviceDirectory& directory) = 0;
  // It sent a reading that its licence does not allow.
  virtual void licence_refused(const Device& device) = 0;
  // It, or its last will, said what it is.
  virtual void reported(const Device& device, const StatusReport& report) = 0;
};

}  // namespace pitview::telemetry
