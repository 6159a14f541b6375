#pragma once

#include "api/endpoint.h"
#include "pits/pit_views.h"

namespace pitview::pits {

// The rows of /api/pits and /api/pits/{id}; `views` outlives the API.
void add_pit_endpoints(api::Api& api, PitViews& views);

}  // namespace pitview::pits
