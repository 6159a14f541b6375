// Where an account is signed in, and signing it out from elsewhere.
#pragma once

#include <vector>

#include "auth/session_endings.h"
#include "auth/sessions_repository.h"
#include "pitview/base/result.h"

namespace pitview::auth {

class SessionService {
 public:
  struct Parts {
    SessionsRepository& sessions;
    SessionEndings& endings;
    const Clock& clock;
  };
  explicit SessionService(Parts parts) : parts_(parts) {}

  struct Asked {
    WorkshopId workshop;
    std::optional<UserId> user;  // empty: the own ones
    std::optional<SessionId> before;
    int limit = 50;
  };
  // forbidden for another's without staff_read or above oneself, not_found for nobody's.
  Awaitable<Result<std::vector<LiveSession>>> list(Principal principal, Asked asked);

  // forbidden for a session that may be seen but not ended; not_found for one that
  // is over, of another workshop, or that may not be seen.
  Awaitable<Result<>> end(audit::Actor actor, SessionId session);

  // All of the actor but the present one.
  Awaitable<> end_others(audit::Actor actor);

 private:
  Parts parts_;
};

}  // namespace pitview::auth
