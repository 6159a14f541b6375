// The second factor of an account: switching it on and off (RFC 6238).
#pragma once

#include <string>
#include <vector>

#include "auth/credentials_check.h"
#include "auth/second_factors_repository.h"

namespace pitview::auth {

struct ProposedFactor {
  std::string secret;  // base32, for typing
  std::string uri;     // for a QR code
};

class SecondFactorService {
 public:
  struct Parts {
    SessionsRepository& sessions;
    SecondFactorsRepository& factors;
    CredentialsCheck& check;
    const Clock& clock;
  };
  explicit SecondFactorService(Parts parts) : parts_(parts) {}

  Awaitable<std::optional<SecondFactorState>> find(Principal principal);

  // All ask for the password once more: an unwatched screen must neither lock its
  // owner out nor take the protection away. Errors: forbidden for operators and
  // customers, conflict when there is one, validation_failed for a wrong password,
  // and those of CredentialsCheck.
  Awaitable<Result<ProposedFactor>> propose(audit::Actor actor, std::string password, Origin origin);

  // The recovery codes, shown this once. Errors: SecondFactorsRepository::confirm.
  Awaitable<Result<std::vector<std::string>>> confirm(audit::Actor actor, std::string code);

  // not_found when there is none; second_factor_required for a wrong code.
  Awaitable<Result<>> remove(audit::Actor actor, std::string password, std::string code, Origin origin);

 private:
  Awaitable<Result<std::string>> check_again(Principal principal, std::string password, std::optional<std::string> code,
                                             Origin origin);

  Parts parts_;
};

}  // namespace pitview::auth
