// Signing in by the link of a message, and what staff can do about a link.
#pragma once

#include "audit/actor.h"
#include "auth/auth_service.h"
#include "customers/tracking_links.h"
#include "pitview/http/rate_limiter.h"

namespace pitview::customers {

class TrackingService {
 public:
  struct Parts {
    app::Database& database;
    TrackingLinks& links;
    auth::AuthService& auth;
    auth::SessionEndings& endings;
    const Clock& clock;
  };
  explicit TrackingService(Parts parts) : parts_(parts) {}

  // link_invalid, whatever is wrong with the token; rate_limited for an address
  // that sends many wrong ones. Only those count: all phones of a household, or of
  // the workshop's waiting room, share one.
  Awaitable<Result<auth::SignedIn>> sign_in(std::string token, auth::Origin origin);

  // Another link for the job; the one before dies, with the sessions it opened.
  // not_found; conflict when the customer may not see the job any more.
  Awaitable<Result<std::string>> reissue(audit::Actor actor, JobId job);

  // not_found. Revoking what is revoked changes nothing.
  Awaitable<Result<>> revoke(audit::Actor actor, JobId job);

 private:
  Parts parts_;
  http::RateLimiter wrong_tokens_{{.burst = 10, .per_second = 10.0 / 60}};
};

std::span<const postgres::Statement> tracking_service_statements();

}  // namespace pitview::customers
