#pragma once

#include "api/endpoint.h"
#include "staff/staff_service.h"

namespace pitview::staff {

// The rows of /api/staff.
void add_staff_endpoints(api::Api& api, StaffService& service);

}  // namespace pitview::staff
