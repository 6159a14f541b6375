#pragma once

#include "alerts/alert_rule_service.h"
#include "alerts/alert_service.h"
#include "api/endpoint.h"

namespace pitview::alerts {

// The rows of /api/alerts… and /api/platform/alerts; `service` outlives the API.
void add_alert_endpoints(api::Api& api, AlertService& service);

// The rows of /api/alert-rules; likewise.
void add_alert_rule_endpoints(api::Api& api, AlertRuleService& service);

}  // namespace pitview::alerts
