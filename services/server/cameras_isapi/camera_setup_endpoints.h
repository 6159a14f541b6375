#pragma once

#include "api/endpoint.h"
#include "cameras_isapi/camera_setup_service.h"

namespace pitview::cameras_isapi {

// The row of /api/pits/{id}/camera/setup; the service outlives the API.
void add_camera_setup_endpoints(api::Api& api, CameraSetupService& service);

}  // namespace pitview::cameras_isapi
