#include "auth/credentials_check.h"

#include "auth/password.h"
#include "pitview/base/log.h"
#include "pitview/http/message.h"

namespace pitview::auth {
namespace {

Error locked_out(Timestamp until, Timestamp now, std::string detail) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(until - now);
  return {Errc::locked_out, std::move(detail), {}, static_cast<int>(wait.count())};
}

Error wrong_password() { return {Errc::invalid_credentials, "The username or the password is wrong.", {}, 0}; }

Error code_wanted() {
  return {Errc::second_factor_required, "A code of your authenticator, not used before, is needed.", {}, 0};
}

// "" for one that may sign in, if the password is right.
std::string_view fault_of(const Login& login, bool matches, Timestamp now) {
  if (!matches) return "wrong_password";
  if (login.disabled) return "disabled";
  return login.password_expires_at && *login.password_expires_at < now ? "password_expired" : "";
}

}  // namespace

Awaitable<Result<Login>> CredentialsCheck::check(Credentials credentials, Origin origin, std::string_view action) {
  const Timestamp now = parts_.clock.now();
  const std::string client = http::client_key(origin.ip);
  if (const auto until = co_await parts_.sessions.locked_until(credentials.username, client); until && *until > now)
    co_return locked_out(*until, now, "Too many wrong passwords. Try again later.");

  // Failures are counted after the hash, so guesses in parallel are limited here.
  const LoginAttempts::Slot slot = attempts_.enter(credentials.username + "@" + client);
  if (!slot) co_return Error{Errc::rate_limited, "Too many sign-ins at once. Try again in a moment.", {}, 1};

  const auto login = co_await parts_.sessions.find_login(credentials.username);
  const auto matches = co_await matches_hash(credentials.password, login ? login->password_hash : std::string());
  if (!matches) co_return Error{Errc::unavailable, "Too many sign-ins at once. Try again in a moment.", {}, 2};
  const std::string_view fault = login ? fault_of(*login, *matches, now) : "unknown_user";
  if (!fault.empty()) co_return co_await refuse(credentials.username, origin, {action, fault}, wrong_password());

  if (credentials.ask_code) {
    const CodeCheck code = co_await parts_.second_factors.use(login->workshop, login->user, credentials.code, now);
    if (code.answer == CodeAnswer::too_many)
      co_return locked_out(code.locked_until, now, "Too many wrong codes. Try again later, or use a recovery code.");
    if (code.answer != CodeAnswer::accepted)
      co_return co_await refuse(credentials.username, origin,
                                {action, code.answer == CodeAnswer::missing ? "code_missing" : "wrong_code"},
                                code_wanted());
  }
  co_await parts_.sessions.clear_failures(credentials.username, client);
  co_return *login;
}

// Takes as long for an account without a password as for one with; empty when too
// many are waiting.
Awaitable<std::optional<bool>> CredentialsCheck::matches_hash(std::string password, std::string hash) {
  return parts_.cpu.run<bool>([password = std::move(password), hash = std::move(hash)] {
    return verify_password(password, is_password_hash(hash) ? hash : unknown_user_hash());
  });
}

Awaitable<Error> CredentialsCheck::refuse(std::string username, Origin origin, LoginFailure failure, Error error) {
  const auto until = co_await parts_.sessions.record_failure(username, origin, failure);
  log::info("sign_in_failed", {{"ip", origin.ip}, {"known_user", failure.reason != "unknown_user"}});
  const Timestamp now = parts_.clock.now();
  if (until && *until > now) co_return locked_out(*until, now, "Too many wrong passwords. Try again later.");
  co_return error;
}

}  // namespace pitview::auth
