#pragma once

#include "api/endpoint.h"
#include "auth/auth_service.h"
#include "auth/password_service.h"
#include "auth/ws_tickets.h"

namespace pitview::auth {

struct AuthParts {
  AuthService& service;
  PasswordService& passwords;
  SessionsRepository& sessions;
  WsTickets& tickets;
  const Clock& clock;
};

// The rows of /api/auth/… and /api/ws-ticket. All parts outlive the API.
void add_auth_endpoints(api::Api& api, AuthParts parts);

}  // namespace pitview::auth
