#pragma once

#include "api/endpoint.h"
#include "jobs/job_conditions.h"

namespace pitview::jobs {

// The row of /api/jobs/{id}/conditions; `service` outlives the API.
void add_condition_endpoints(api::Api& api, JobConditionsService& service);

}  // namespace pitview::jobs
