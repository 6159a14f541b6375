#pragma once

#include "api/endpoint.h"
#include "streams/camera_test_service.h"
#include "streams/stream_service.h"

namespace pitview::streams {

// The rows of /api/pits/{id}/stream and …/camera/test; both outlive the API.
void add_stream_endpoints(api::Api& api, StreamService& service, CameraTestService& camera_tests);

}  // namespace pitview::streams
