#pragma once

#include "analytics/analytics_repository.h"
#include "api/endpoint.h"

namespace pitview::analytics {

// The rows of /api/analytics/…; repository and clock outlive the API.
void add_analytics_endpoints(api::Api& api, AnalyticsRepository& repository, const Clock& clock);

}  // namespace pitview::analytics
