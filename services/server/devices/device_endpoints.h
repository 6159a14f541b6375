#pragma once

#include "api/endpoint.h"
#include "devices/batch_service.h"
#include "devices/device_service.h"

namespace pitview::devices {

// The rows of /api/devices…, /api/device/state and /api/factory/batches; the
// services outlive the API.
void add_device_endpoints(api::Api& api, DeviceService& service, BatchService& batches);

}  // namespace pitview::devices
