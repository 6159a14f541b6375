#pragma once

#include "api/endpoint.h"
#include "pits/pit_service.h"
#include "pits/pit_views.h"

namespace pitview::pits {

// The rows of /api/pits and /api/pits/{id}…; both outlive the API.
void add_pit_endpoints(api::Api& api, PitViews& views, PitService& service);

}  // namespace pitview::pits
