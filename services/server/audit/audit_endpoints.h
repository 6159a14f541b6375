#pragma once

#include "api/endpoint.h"
#include "audit/audit_repository.h"

namespace pitview::audit {

// The row of /api/audit.
void add_audit_endpoints(api::Api& api, AuditRepository& log);

}  // namespace pitview::audit
