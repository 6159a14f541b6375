#pragma once

#include "api/endpoint.h"
#include "system/server_reports.h"

namespace pitview::system {

// The rows of /api/platform/servers.
void add_system_endpoints(api::Api& api, ServerReports& reports);

}  // namespace pitview::system
