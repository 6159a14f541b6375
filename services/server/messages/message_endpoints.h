#pragma once

#include "api/endpoint.h"
#include "jobs/jobs_repository.h"
#include "messages/messages_repository.h"

namespace pitview::messages {

// The row of /api/jobs/{id}/messages; both outlive the API.
void add_message_endpoints(api::Api& api, MessagesRepository& messages, jobs::JobsRepository& jobs);

}  // namespace pitview::messages
