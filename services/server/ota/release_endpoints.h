#pragma once

#include "api/endpoint.h"
#include "ota/release_service.h"

namespace pitview::ota {

// The rows of /api/firmware/…, for super administrators; the service outlives the API.
void add_release_endpoints(api::Api& api, ReleaseService& service);
void add_campaign_endpoints(api::Api& api, ReleaseService& service);

}  // namespace pitview::ota
