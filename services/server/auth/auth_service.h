// Login, refresh, logout (plan §8.1, §12.2; decisions D27, D32, D34).
#pragma once

#include <string>

#include "auth/customer_check.h"
#include "auth/ended_sessions.h"
#include "auth/login_attempts.h"
#include "auth/sessions_repository.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/base/crypto.h"
#include "pitview/base/result.h"
#include "pitview/live/hub.h"

namespace pitview::auth {

// Where a request comes from, for the session list and the lockout.
struct Origin {
  std::string ip;
  std::string user_agent;
};

struct SignedIn {
  std::string access_token;
  std::string refresh_token;
  std::chrono::seconds refresh_life;  // until the session's absolute end
  Role role;
  bool must_change_password;
};

// Who has proved who they are, and by which tracking link if by one.
struct Proved {
  UserId user;
  WorkshopId workshop;
  Role role = Role::customer;
  bool must_change_password = false;
  std::optional<TrackingLinkId> link = std::nullopt;
};

class AuthService {
 public:
  struct Parts {
    SessionsRepository& sessions;
    CustomerCheck& customers;
    EndedSessions& ended;
    CpuPool& cpu;
    live::Hub& hub;
    const Clock& clock;
    const crypto::Key256& jwt_secret;
  };
  explicit AuthService(Parts parts) : parts_(parts) {}

  // invalid_credentials (one answer for an unknown name, a wrong password and a
  // disabled account), forbidden for a customer with the right password who has
  // nothing left to see, locked_out after five failures of a name from an address,
  // unavailable when too many logins wait for the hash.
  Awaitable<Result<SignedIn>> login(std::string username, std::string password, Origin origin);

  // Empty when the account was disabled or the link revoked in this very moment.
  Awaitable<std::optional<SignedIn>> open_session(Proved who, Origin origin);

  // session_ended when the token is unknown, its session is over, or it has been
  // used before: then somebody else may hold it and the session ends.
  Awaitable<Result<SignedIn>> refresh(std::string refresh_token);

  // Ends the session for every request and open WebSocket at once.
  Awaitable<> end_session(Principal principal, std::string reason);

  // The same for a session that has been ended in the database already.
  void announce_end(WorkshopId workshop, SessionId session, const std::string& reason);

  // Fills EndedSessions after a restart.
  Awaitable<> load_ended_sessions();

 private:
  Awaitable<Result<Login>> check_password(std::string username, std::string password, Origin origin);
  std::string successor_of(const std::string& refresh_token) const;

  Parts parts_;
  LoginAttempts attempts_{5};
};

}  // namespace pitview::auth
