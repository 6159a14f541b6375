// Login, refresh, logout (plan §8.1, §12.2; decisions D27, D32, D34).
#pragma once

#include <string>

#include "auth/credentials_check.h"
#include "auth/customer_check.h"
#include "auth/session_endings.h"
#include "auth/sessions_repository.h"
#include "pitview/base/crypto.h"
#include "pitview/base/result.h"

namespace pitview::auth {

struct SignedIn {
  std::string access_token;
  std::string refresh_token;
  std::chrono::seconds refresh_life;  // until the session's absolute end
  Role role;
  bool must_change_password;
};

// Who has proved who they are: by a password, or by a tracking link.
struct Proved {
  UserId user;
  WorkshopId workshop;
  Role role = Role::customer;
  bool must_change_password = false;
  std::optional<std::string> password_hash = std::nullopt;  // that matched
  std::optional<TrackingLinkId> link = std::nullopt;
};

class AuthService {
 public:
  struct Parts {
    SessionsRepository& sessions;
    CredentialsCheck& check;
    CustomerCheck& customers;
    EndedSessions& ended;
    SessionEndings& endings;
    const Clock& clock;
    const crypto::Key256& jwt_secret;
  };
  explicit AuthService(Parts parts) : parts_(parts) {}

  // A new session, whatever the browser had before. Errors: CredentialsCheck, and
  // forbidden for a customer with the right password who has nothing left to see.
  Awaitable<Result<SignedIn>> login(Credentials credentials, Origin origin);

  // Empty when in this very moment the account was disabled, got another role or
  // password, or the link was revoked.
  Awaitable<std::optional<SignedIn>> open_session(Proved who, Origin origin);

  // session_ended when the token is unknown, its session is over, or it has been
  // used before: then somebody else may hold it and the session ends.
  Awaitable<Result<SignedIn>> refresh(std::string refresh_token, Origin origin);

  // Ends the actor's session for every request and open WebSocket at once.
  Awaitable<> logout(audit::Actor actor);

  // Fills EndedSessions after a restart.
  Awaitable<> load_ended_sessions();

 private:
  Awaitable<> end_stolen(Principal principal, Origin origin);
  std::string successor_of(const std::string& refresh_token) const;

  Parts parts_;
};

}  // namespace pitview::auth
