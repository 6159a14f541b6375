#pragma once

#include "api/endpoint.h"
#include "workshops/workshop_service.h"

namespace pitview::workshops {

// The rows of /api/workshops… and /api/workshop; `service` outlives the API.
void add_workshop_endpoints(api::Api& api, WorkshopService& service);

}  // namespace pitview::workshops
