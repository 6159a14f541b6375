// The gate before every endpoint: rate limit, access token or device password,
// permission.
#pragma once

#include "api/endpoint.h"
#include "auth/access_token.h"
#include "auth/device_check.h"
#include "auth/ended_sessions.h"
#include "pitview/base/crypto.h"
#include "pitview/http/rate_limiter.h"

namespace pitview::auth {

class Authenticator final : public api::Gate {
 public:
  // `allowed_origins`: besides the own host, whose pages may ask where no token is needed.
  Authenticator(const crypto::Key256& jwt_secret, const EndedSessions& ended, DeviceCheck& devices, const Clock& clock,
                std::vector<std::string> allowed_origins);

  // rate_limited (D34: 100 a minute per address without a session, 600 a minute
  // per session or device), unauthenticated, token_expired, session_ended,
  // password_change_required, forbidden. Permission::device_self is for devices, and
  // all else is not. Permission::anyone is closed to pages of other sites, which
  // could sign a visitor in or out of something (cross-site request forgery).
  Awaitable<Result<Principal>> admit(const http::Request& request, api::Needs needs) override;

  // For `/ws?token=…`: as for an endpoint that waits for the change of a temporary password.
  Result<Principal> authenticate(const std::string& access_token) const;

  // Takes one of the session's requests; rate_limited when there are none left.
  std::optional<Error> over_limit(SessionId session);
  // Takes one of those that the address has without a session, of who was let in unseen (Needs::signed_by_the_caller).
  std::optional<Error> over_limit_of_address(const http::Request& request);

  // True once the session was signed out: whoever holds a right of it loses it.
  bool has_ended(SessionId session) const { return ended_.contains(session); }

 private:
  Result<Access> access_of(const std::string& access_token) const;
  Result<Principal> admit_anyone(const http::Request& request, bool is_limited);
  Awaitable<Result<Principal>> admit_device(const http::Request& request);
  std::optional<Error> over_limit(const std::string& key);

  const crypto::Key256& jwt_secret_;
  const EndedSessions& ended_;
  DeviceCheck& devices_;
  const Clock& clock_;
  const std::vector<std::string> allowed_origins_;
  http::RateLimiter per_address_{{.burst = 100, .per_second = 100.0 / 60}};
  http::RateLimiter per_session_{{.burst = 600, .per_second = 600.0 / 60}, 50'000};
};

}  // namespace pitview::auth
