// The gate before every endpoint: rate limit, access token or device password,
// permission.
#pragma once

#include "api/endpoint.h"
#include "auth/device_check.h"
#include "auth/ended_sessions.h"
#include "pitview/base/crypto.h"
#include "pitview/http/rate_limiter.h"

namespace pitview::auth {

class Authenticator final : public api::Gate {
 public:
  Authenticator(const crypto::Key256& jwt_secret, const EndedSessions& ended, DeviceCheck& devices, const Clock& clock);

  // rate_limited (D34: 100 a minute per address without a session, 600 a minute
  // per session or device), unauthenticated, token_expired, session_ended, forbidden.
  // Permission::device_self is for devices, and all else is not.
  Awaitable<Result<Principal>> admit(const http::Request& request, Permission permission) override;

  // For `/ws?token=…` as well.
  Result<Principal> authenticate(const std::string& access_token) const;

  // Takes one of the session's requests; rate_limited when there are none left.
  std::optional<Error> over_limit(SessionId session);

  // True once the session was signed out: whoever holds a right of it loses it.
  bool has_ended(SessionId session) const { return ended_.contains(session); }

 private:
  Awaitable<Result<Principal>> admit_device(const http::Request& request);
  std::optional<Error> over_limit(const std::string& key);

  const crypto::Key256& jwt_secret_;
  const EndedSessions& ended_;
  DeviceCheck& devices_;
  const Clock& clock_;
  http::RateLimiter per_address_{{.burst = 100, .per_second = 100.0 / 60}};
  http::RateLimiter per_session_{{.burst = 600, .per_second = 600.0 / 60}, 50'000};
};

}  // namespace pitview::auth
