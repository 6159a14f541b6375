#pragma once

#include "api/endpoint.h"
#include "jobs/jobs_repository.h"
#include "messages/message_settings.h"
#include "messages/messages_repository.h"

namespace pitview::messages {

// The rows of /api/jobs/{id}/messages and /api/message-…; all outlive the API.
void add_message_endpoints(api::Api& api, MessagesRepository& messages, jobs::JobsRepository& jobs,
                           MessageSettingsService& settings);

}  // namespace pitview::messages
