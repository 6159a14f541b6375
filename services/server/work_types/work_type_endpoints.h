#pragma once

#include "api/endpoint.h"
#include "work_types/work_type_service.h"

namespace pitview::work_types {

// The rows of /api/work-types…; `service` outlives the API.
void add_work_type_endpoints(api::Api& api, WorkTypeService& service);

}  // namespace pitview::work_types
