#pragma once

#include "api/endpoint.h"
#include "jobs/job_service.h"

namespace pitview::jobs {

// The rows of /api/jobs…; `service` outlives the API.
void add_job_endpoints(api::Api& api, JobService& service);

}  // namespace pitview::jobs
