#pragma once

#include "api/endpoint.h"
#include "ota/offer_service.h"

namespace pitview::ota {

// The rows of /api/device/ota…, for devices; the service outlives the API.
void add_offer_endpoints(api::Api& api, OfferService& service);

}  // namespace pitview::ota
