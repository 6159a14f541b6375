// Whether somebody is who he says: the password, the lockout that counts failures,
// and the second factor of who has one (decisions D32, D34).
#pragma once

#include <optional>
#include <string>

#include "auth/login_attempts.h"
#include "auth/second_factors_repository.h"
#include "auth/sessions_repository.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/base/result.h"

namespace pitview::auth {

struct Credentials {
  std::string username;
  std::string password;
  bool ask_code = true;             // false: who is signed in gives the password once more
  std::optional<std::string> code;  // of the authenticator, or a recovery code
};

class CredentialsCheck {
 public:
  struct Parts {
    SessionsRepository& sessions;
    SecondFactorsRepository& second_factors;
    CpuPool& cpu;
    const Clock& clock;
  };
  explicit CredentialsCheck(Parts parts) : parts_(parts) {}

  // invalid_credentials (one answer, after one time, for an unknown name, a wrong
  // password and a disabled account), second_factor_required, locked_out after five
  // failures of a name from an address or too many wrong codes, rate_limited for
  // guesses in parallel, unavailable when too many wait for the hash. Failures are
  // written to the audit log as `action`.
  Awaitable<Result<Login>> check(Credentials credentials, Origin origin, std::string_view action);

 private:
  Awaitable<std::optional<bool>> matches_hash(std::string password, std::string hash);
  Awaitable<Error> refuse(std::string username, Origin origin, LoginFailure failure, Error error);

  Parts parts_;
  LoginAttempts attempts_{5};
};

}  // namespace pitview::auth
