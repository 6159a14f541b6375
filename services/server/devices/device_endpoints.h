#pragma once

#include "api/endpoint.h"
#include "devices/batch_service.h"
#include "devices/device_changes.h"
#include "devices/device_service.h"
#include "devices/registration_service.h"

namespace pitview::devices {

struct DeviceFlows {
  DeviceService& devices;
  DeviceChanges& changes;
  RegistrationService& registration;
  BatchService& batches;
};

// The rows of /api/devices…, /api/device/state and /api/factory/batches; the
// flows outlive the API.
void add_device_endpoints(api::Api& api, DeviceFlows flows);

}  // namespace pitview::devices
