// Changing the own password (plan §12.2, decision D32).
#pragma once

#include <string>

#include "auth/auth_service.h"
#include "auth/credentials_check.h"
#include "auth/session_endings.h"

namespace pitview::auth {

class PasswordService {
 public:
  struct Parts {
    SessionsRepository& sessions;
    CredentialsCheck& check;
    SessionEndings& endings;
    CpuPool& cpu;
    const Clock& clock;
    const crypto::Key256& jwt_secret;
  };
  explicit PasswordService(Parts parts) : parts_(parts) {}

  // Signs the session in anew and ends every other one of the account. Errors:
  // validation_failed (the present password is not right, the new one will not do),
  // conflict when it was changed at the same time, session_ended, locked_out,
  // rate_limited, unavailable. Wrong passwords count towards the lockout.
  Awaitable<Result<SignedIn>> change(Principal principal, std::string current, std::string wanted, Origin origin);

 private:
  Awaitable<Result<SignedIn>> store(Principal principal, std::string old_hash, std::string new_hash, Origin origin);

  Parts parts_;
};

std::span<const postgres::Statement> password_statements();

}  // namespace pitview::auth
