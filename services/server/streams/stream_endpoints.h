#pragma once

#include "api/endpoint.h"
#include "streams/stream_service.h"

namespace pitview::streams {

// The rows of /api/pits/{id}/stream; the service outlives the API.
void add_stream_endpoints(api::Api& api, StreamService& service);

}  // namespace pitview::streams
