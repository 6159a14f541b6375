#include "auth/second_factor_service.h"

#include "api/refusals.h"
#include "auth/account_rules.h"
#include "auth/recovery_codes.h"
#include "auth/totp.h"

namespace pitview::auth {

Awaitable<std::optional<SecondFactorState>> SecondFactorService::find(Principal principal) {
  co_return co_await parts_.factors.find(principal.workshop, principal.user);
}

Awaitable<Result<ProposedFactor>> SecondFactorService::propose(audit::Actor actor, std::string password,
                                                               Origin origin) {
  const Principal principal = actor.principal;
  if (!may_have_second_factor(principal.role))
    co_return Error{Errc::forbidden, "Accounts of this role have no second factor.", {}, 0};
  const Result<std::string> username =
      co_await check_again(principal, std::move(password), std::nullopt, std::move(origin));
  if (!username) co_return username.error();
  const std::string secret = crypto::random_bytes(kTotpSecretBytes);
  if (!co_await parts_.factors.propose(std::move(actor), secret, parts_.clock.now()))
    co_return Error{Errc::conflict, "There is a second factor already. Switch it off first.", {}, 0};
  co_return ProposedFactor{base32(secret), otpauth_uri(*username, secret)};
}

Awaitable<Result<std::vector<std::string>>> SecondFactorService::confirm(audit::Actor actor, std::string code) {
  std::vector<std::string> codes = make_recovery_codes();
  const Result<> confirmed =
      co_await parts_.factors.confirm(std::move(actor), std::move(code), codes, parts_.clock.now());
  if (!confirmed) co_return confirmed.error();
  co_return codes;
}

Awaitable<Result<>> SecondFactorService::remove(audit::Actor actor, std::string password, std::string code,
                                                Origin origin) {
  const Principal principal = actor.principal;
  const Error nothing{Errc::not_found, "There is no second factor.", {}, 0};
  if (!co_await parts_.factors.find(principal.workshop, principal.user)) co_return nothing;
  const auto checked = co_await check_again(principal, std::move(password), std::move(code), std::move(origin));
  if (!checked) co_return checked.error();
  if (!co_await parts_.factors.remove(std::move(actor), principal.user)) co_return nothing;
  co_return Done{};
}

// The username. With a code, which then must be right.
Awaitable<Result<std::string>> SecondFactorService::check_again(Principal principal, std::string password,
                                                                std::optional<std::string> code, Origin origin) {
  const auto account = co_await parts_.sessions.find_account(principal);
  if (!account) co_return Error{Errc::session_ended, "This account no longer exists.", {}, 0};
  Credentials credentials{.username = account->username,
                          .password = std::move(password),
                          .ask_code = code.has_value(),
                          .code = std::move(code)};
  const Result<Login> login =
      co_await parts_.check.check(std::move(credentials), std::move(origin), "auth.password_refused");
  if (login) co_return account->username;
  if (login.error().code == Errc::invalid_credentials) co_return api::invalid("password", "is not your password");
  co_return login.error();
}

}  // namespace pitview::auth
