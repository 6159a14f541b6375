#pragma once

#include "api/endpoint.h"
#include "auth/session_service.h"

namespace pitview::auth {

// The rows of /api/sessions.
void add_session_endpoints(api::Api& api, SessionService& service);

}  // namespace pitview::auth
