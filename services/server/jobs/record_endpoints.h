#pragma once

#include "api/endpoint.h"
#include "jobs/job_notes.h"
#include "jobs/job_photos.h"

namespace pitview::jobs {

// The rows of /api/jobs/{id}/notes and /api/jobs/{id}/photos…; both outlive the API.
void add_record_endpoints(api::Api& api, JobNotes& notes, JobPhotos& photos);

}  // namespace pitview::jobs
