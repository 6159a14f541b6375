// The rows of customers, their links, consents, ratings and views. All parts
// outlive the API.
#pragma once

#include "api/endpoint.h"
#include "customers/consent_service.h"
#include "customers/customer_service.h"
#include "customers/rating_service.h"
#include "customers/tracking_service.h"
#include "customers/views_repository.h"

namespace pitview::customers {

void add_tracking_endpoints(api::Api& api, TrackingService& service);
void add_consent_endpoints(api::Api& api, ConsentService& service);
void add_rating_endpoints(api::Api& api, RatingService& service);
void add_view_endpoints(api::Api& api, ViewsRepository& views);
void add_customer_endpoints(api::Api& api, CustomerService& service, ConsentService& consents);

}  // namespace pitview::customers
