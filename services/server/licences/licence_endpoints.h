#pragma once

#include "api/endpoint.h"
#include "licences/licence_service.h"

namespace pitview::licences {

// The rows of /api/subscriptions… and /api/violations; `service` outlives the API.
void add_licence_endpoints(api::Api& api, LicenceService& service);

}  // namespace pitview::licences
