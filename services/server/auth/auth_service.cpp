#include "auth/auth_service.h"

#include "auth/access_token.h"
#include "pitview/base/log.h"

namespace pitview::auth {
namespace {

constexpr std::chrono::hours kCustomerSession{24};
constexpr std::chrono::hours kStaffSession{24 * 7};

// A browser whose answer got lost (the server died, the network went) asks again
// with the token it still has. Within this time that is taken for a retry.
constexpr std::chrono::seconds kRefreshRetry{30};

std::chrono::hours session_life(Role role) { return role == Role::customer ? kCustomerSession : kStaffSession; }

Error access_over() {
  return {Errc::forbidden,
          "Your access has ended: a job can be seen until 30 days after its end. The workshop can tell you more.",
          {},
          0};
}

Error session_over() { return {Errc::session_ended, "The session has ended. Please sign in again.", {}, 0}; }

}  // namespace

Awaitable<Result<SignedIn>> AuthService::login(Credentials credentials, Origin origin) {
  const Result<Login> login = co_await parts_.check.check(std::move(credentials), origin, "auth.login_failed");
  if (!login) co_return login.error();

  if (login->role == Role::customer && !co_await parts_.customers.has_access(login->workshop, login->user))
    co_return access_over();

  Proved who{.user = login->user,
             .workshop = login->workshop,
             .role = login->role,
             .must_change_password = login->must_change_password,
             .password_hash = login->password_hash};
  auto signed_in = co_await open_session(std::move(who), std::move(origin));
  if (!signed_in) co_return Error{Errc::invalid_credentials, "The username or the password is wrong.", {}, 0};
  co_return std::move(*signed_in);
}

Awaitable<std::optional<SignedIn>> AuthService::open_session(Proved who, Origin origin) {
  const Timestamp now = parts_.clock.now();
  SignedIn signed_in{.refresh_token = crypto::random_token(),
                     .refresh_life = session_life(who.role),
                     .role = who.role,
                     .must_change_password = who.must_change_password};
  NewSession session{.user = who.user,
                     .workshop = who.workshop,
                     .role = who.role,
                     .password_hash = std::move(who.password_hash),
                     .link = who.link,
                     .refresh_token = signed_in.refresh_token,
                     .now = now,
                     .expires_at = now + session_life(who.role),
                     .origin = std::move(origin)};
  const auto id = co_await parts_.sessions.create(std::move(session));
  if (!id) co_return std::nullopt;
  const Principal principal{.user = who.user, .workshop = who.workshop, .session = *id, .role = who.role};
  signed_in.access_token = sign_access_token(parts_.jwt_secret, {principal, who.must_change_password}, now);
  log::info(
      "signed_in",
      {{"user", who.user}, {"workshop", who.workshop}, {"role", name_of(who.role)}, {"by_link", who.link.has_value()}});
  co_return signed_in;
}

Awaitable<Result<SignedIn>> AuthService::refresh(std::string refresh_token, Origin origin) {
  const std::string successor = successor_of(refresh_token);
  // Twice at most: a request that loses the race for a token sees who won.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto session = co_await parts_.sessions.find_by_refresh(refresh_token);
    const Timestamp now = parts_.clock.now();
    if (!session || session->ended || session->user_disabled || session->expires_at <= now) co_return session_over();

    const bool retry = session->reused && session->last_used_at + kRefreshRetry > now;
    if (session->reused && !retry) {
      log::warning("refresh_token_reused",
                   {{"user", session->principal.user}, {"session", session->principal.session}});
      co_await end_stolen(session->principal, std::move(origin));
      co_return session_over();
    }
    if (!retry && !co_await parts_.sessions.rotate(session->principal, refresh_token, successor, now)) continue;
    co_return SignedIn{
        .access_token = sign_access_token(parts_.jwt_secret, {session->principal, session->must_change_password}, now),
        .refresh_token = successor,
        .refresh_life = std::chrono::floor<std::chrono::seconds>(session->expires_at - now),
        .role = session->principal.role,
        .must_change_password = session->must_change_password};
  }
  co_return session_over();
}

// The token that follows is a function of the present one, so that everyone who
// asks with the same token, two tabs or a retry, gets the same answer.
std::string AuthService::successor_of(const std::string& refresh_token) const {
  const crypto::Key256& secret = parts_.jwt_secret;
  const auto digest = crypto::hmac_sha256({reinterpret_cast<const char*>(secret.data()), secret.size()},
                                          "refresh token after " + refresh_token);
  return crypto::base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Awaitable<> AuthService::logout(audit::Actor actor) {
  const Principal principal = actor.principal;
  co_await parts_.sessions.end(std::move(actor), principal.session, "auth.logout", "logged_out", parts_.clock.now());
  parts_.endings.announce(principal.workshop, {&principal.session, 1}, "logged_out");
}

// Whoever asked is not known to be the user: the system ends it.
Awaitable<> AuthService::end_stolen(Principal principal, Origin origin) {
  audit::Actor actor{
      {.workshop = principal.workshop, .role = principal.role}, std::move(origin.request_id), std::move(origin.ip)};
  co_await parts_.sessions.end(std::move(actor), principal.session, "auth.session_stolen", "refresh_token_reused",
                               parts_.clock.now());
  parts_.endings.announce(principal.workshop, {&principal.session, 1}, "refresh_token_reused");
}

Awaitable<> AuthService::load_ended_sessions() {
  const Timestamp now = parts_.clock.now();
  for (const SessionId session : co_await parts_.sessions.ended_since(now - kAccessTokenLife))
    parts_.ended.add(session, now);
}

}  // namespace pitview::auth
