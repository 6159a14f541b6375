#include "auth/auth_service.h"

#include "auth/access_token.h"
#include "auth/password.h"
#include "pitview/base/log.h"
#include "pitview/http/message.h"

namespace pitview::auth {
namespace {

constexpr std::chrono::hours kCustomerSession{24};
constexpr std::chrono::hours kStaffSession{24 * 7};

// A browser whose answer got lost (the server died, the network went) asks again
// with the token it still has. Within this time that is taken for a retry.
constexpr std::chrono::seconds kRefreshRetry{30};

std::chrono::hours session_life(Role role) { return role == Role::customer ? kCustomerSession : kStaffSession; }

Error locked_out(Timestamp until, Timestamp now) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(until - now);
  return {Errc::locked_out, "Too many wrong passwords. Try again later.", {}, static_cast<int>(wait.count())};
}

Error wrong_credentials() { return {Errc::invalid_credentials, "The username or the password is wrong.", {}, 0}; }

Error access_over() {
  return {Errc::forbidden,
          "Your access has ended: a job can be seen until 30 days after its end. The workshop can tell you more.",
          {},
          0};
}

Error session_over() { return {Errc::session_ended, "The session has ended. Please sign in again.", {}, 0}; }

}  // namespace

Awaitable<Result<SignedIn>> AuthService::login(std::string username, std::string password, Origin origin) {
  const Result<Login> login = co_await check_password(username, std::move(password), origin);
  if (!login) co_return login.error();
  if (login->role == Role::customer && !co_await parts_.customers.has_access(login->workshop, login->user))
    co_return access_over();

  Proved who{.user = login->user,
             .workshop = login->workshop,
             .role = login->role,
             .must_change_password = login->must_change_password};
  auto signed_in = co_await open_session(std::move(who), std::move(origin));
  if (!signed_in) co_return wrong_credentials();
  co_return std::move(*signed_in);
}

Awaitable<std::optional<SignedIn>> AuthService::open_session(Proved who, Origin origin) {
  const Timestamp now = parts_.clock.now();
  SignedIn signed_in{.refresh_token = crypto::random_token(),
                     .refresh_life = session_life(who.role),
                     .role = who.role,
                     .must_change_password = who.must_change_password};
  NewSession session{.user = who.user,
                     .refresh_token = signed_in.refresh_token,
                     .now = now,
                     .expires_at = now + session_life(who.role),
                     .ip = origin.ip,
                     .user_agent = origin.user_agent,
                     .link = who.link};
  const auto id = co_await parts_.sessions.create(who.workshop, std::move(session));
  if (!id) co_return std::nullopt;
  const Principal principal{.user = who.user, .workshop = who.workshop, .session = *id, .role = who.role};
  signed_in.access_token = sign_access_token(parts_.jwt_secret, principal, now);
  log::info(
      "signed_in",
      {{"user", who.user}, {"workshop", who.workshop}, {"role", name_of(who.role)}, {"by_link", who.link.has_value()}});
  co_return signed_in;
}

Awaitable<Result<Login>> AuthService::check_password(std::string username, std::string password, Origin origin) {
  const Timestamp now = parts_.clock.now();
  const std::string client = http::client_key(origin.ip);
  if (const auto until = co_await parts_.sessions.locked_until(username, client); until && *until > now)
    co_return locked_out(*until, now);

  // Failures are counted after the hash, so guesses in parallel are limited here.
  const LoginAttempts::Slot slot = attempts_.enter(username + "@" + client);
  if (!slot) co_return Error{Errc::rate_limited, "Too many sign-ins at once. Try again in a moment.", {}, 1};

  std::optional<Login> login = co_await parts_.sessions.find_login(username);
  const std::string known_hash = login ? login->password_hash : std::string();
  const auto matches = co_await parts_.cpu.run<bool>([password, known_hash] {
    return verify_password(password, known_hash.empty() ? unknown_user_hash() : known_hash);
  });
  if (!matches) co_return Error{Errc::unavailable, "Too many sign-ins at once. Try again in a moment.", {}, 2};

  const bool expired = login && login->password_expires_at && *login->password_expires_at < now;
  if (!*matches || !login || login->disabled || expired) {
    const auto until = co_await parts_.sessions.record_failure(username, client);
    log::info("sign_in_failed", {{"ip", origin.ip}, {"known_user", login.has_value()}});
    if (until && *until > now) co_return locked_out(*until, now);
    co_return wrong_credentials();
  }
  co_await parts_.sessions.clear_failures(username, client);
  co_return *login;
}

Awaitable<Result<SignedIn>> AuthService::refresh(std::string refresh_token) {
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
      co_await end_session(session->principal, "refresh_token_reused");
      co_return session_over();
    }
    if (!retry && !co_await parts_.sessions.rotate(session->principal, refresh_token, successor, now)) continue;
    co_return SignedIn{.access_token = sign_access_token(parts_.jwt_secret, session->principal, now),
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

Awaitable<> AuthService::end_session(Principal principal, std::string reason) {
  co_await parts_.sessions.end(principal.workshop, principal.session, reason, parts_.clock.now());
  announce_end(principal.workshop, principal.session, reason);
}

void AuthService::announce_end(WorkshopId workshop, SessionId session, const std::string& reason) {
  parts_.ended.add(session, parts_.clock.now());
  parts_.hub.publish({"session_ended", workshop, {}, {}, session, "{\"reason\":\"" + reason + "\"}"});
}

Awaitable<> AuthService::load_ended_sessions() {
  const Timestamp now = parts_.clock.now();
  for (const SessionId session : co_await parts_.sessions.ended_since(now - kAccessTokenLife))
    parts_.ended.add(session, now);
}

}  // namespace pitview::auth
