#include "auth/password_service.h"

#include <array>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "auth/access_token.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "pitview/base/log.h"

namespace pitview::auth {
namespace {

using postgres::Statement;

// Compare and swap: of two changes at the same time one finds another hash.
constexpr Statement kChangePassword{"change_password", R"sql(
  UPDATE users SET password_hash = $3, must_change_password = false, password_expires_at = NULL
  WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL)sql"};

constexpr std::array kStatements = {kChangePassword};

constexpr std::string_view kReason = "password_changed";

Error session_over() { return {Errc::session_ended, "The session has ended. Please sign in again.", {}, 0}; }

}  // namespace

std::span<const Statement> password_statements() { return kStatements; }

Awaitable<Result<SignedIn>> PasswordService::change(Principal principal, std::string current, std::string wanted,
                                                    Origin origin) {
  const auto account = co_await parts_.sessions.find_account(principal);
  if (!account) co_return session_over();
  if (auto fault = password_fault(wanted, account->username)) co_return api::invalid("new_password", std::move(*fault));
  if (wanted == current) co_return api::invalid("new_password", "must be another one");

  Credentials credentials{.username = account->username, .password = std::move(current), .ask_code = false};
  const Result<Login> login = co_await parts_.check.check(std::move(credentials), origin, "auth.password_refused");
  if (!login && login.error().code == Errc::invalid_credentials)
    co_return api::invalid("current_password", "is not your password");
  if (!login) co_return login.error();

  const auto hash =
      co_await parts_.cpu.run<std::string>([wanted = std::move(wanted)] { return hash_password(wanted); });
  if (!hash) co_return Error{Errc::unavailable, "Too many sign-ins at once. Try again in a moment.", {}, 2};
  co_return co_await store(principal, login->password_hash, *hash, std::move(origin));
}

Awaitable<Result<SignedIn>> PasswordService::store(Principal principal, std::string old_hash, std::string new_hash,
                                                   Origin origin) {
  const Timestamp now = parts_.clock.now();
  std::string refresh_token = crypto::random_token();
  auto tx = co_await parts_.sessions.begin(principal.workshop);
  if (co_await tx.execute(kChangePassword, principal.user, old_hash, new_hash) != 1)
    co_return Error{Errc::conflict, "The password has just been changed elsewhere.", {}, 0};
  const auto expires_at = co_await SessionsRepository::replace_refresh(tx, principal.session, refresh_token, now);
  if (!expires_at) co_return session_over();
  const auto ended =
      co_await SessionsRepository::end_all_of(tx, principal.user, principal.session, std::string(kReason), now);
  const audit::Actor actor{principal, origin.request_id, origin.ip};
  audit::Entry entry{.action = "auth.password_changed", .subject = "user", .subject_id = principal.user.value};
  co_await audit::record(tx, principal.workshop, actor, std::move(entry));
  co_await tx.commit();

  parts_.endings.announce(principal.workshop, ended, kReason);
  log::info("password_changed", {{"user", principal.user}, {"sessions_ended", ended.size()}});
  co_return SignedIn{.access_token = sign_access_token(parts_.jwt_secret, {principal}, now),
                     .refresh_token = std::move(refresh_token),
                     .refresh_life = std::chrono::floor<std::chrono::seconds>(*expires_at - now),
                     .role = principal.role,
                     .must_change_password = false};
}

}  // namespace pitview::auth
