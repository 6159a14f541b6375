#include "auth/authenticator.h"

#include "auth/access_token.h"

namespace pitview::auth {
namespace {

std::optional<std::string> bearer_token(const http::Request& request) {
  static constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.header("Authorization");
  if (!header.starts_with(kScheme)) return std::nullopt;
  return std::string(header.substr(kScheme.size()));
}

Error too_many(int retry_after_s) {
  return {Errc::rate_limited, "Too many requests. Try again in a moment.", {}, retry_after_s};
}

}  // namespace

Authenticator::Authenticator(const crypto::Key256& jwt_secret, const EndedSessions& ended, DeviceCheck& devices,
                             const Clock& clock)
    : jwt_secret_(jwt_secret), ended_(ended), devices_(devices), clock_(clock) {}

Result<Principal> Authenticator::authenticate(const std::string& access_token) const {
  Result<Principal> principal = verify_access_token(jwt_secret_, access_token, clock_.now());
  if (principal && ended_.contains(principal->session))
    return Error{Errc::session_ended, "The session has ended. Please sign in again.", {}, 0};
  return principal;
}

std::optional<Error> Authenticator::over_limit(SessionId session) { return over_limit(std::to_string(session.value)); }

std::optional<Error> Authenticator::over_limit(const std::string& key) {
  const auto wait = per_session_.take(key, std::chrono::steady_clock::now());
  if (!wait) return std::nullopt;
  return too_many(*wait);
}

Awaitable<Result<Principal>> Authenticator::admit(const http::Request& request, Permission permission) {
  const auto now = std::chrono::steady_clock::now();
  if (permission == Permission::anyone) {
    if (const auto wait = per_address_.take(http::client_key(request.remote_address), now)) co_return too_many(*wait);
    co_return Principal{};
  }
  if (permission == Permission::device_self) co_return co_await admit_device(request);

  const auto token = bearer_token(request);
  Result<Principal> principal =
      token ? authenticate(*token)
            : Result<Principal>(Errc::unauthenticated, "Sign in first: no access token was sent.");
  if (!principal) {
    // Guessing tokens is as limited as guessing passwords.
    if (const auto wait = per_address_.take(http::client_key(request.remote_address), now)) co_return too_many(*wait);
    co_return principal;
  }
  if (auto refused = over_limit(principal->session)) co_return std::move(*refused);
  if (!may(principal->role, permission)) co_return Error{Errc::forbidden, "Your role may not do this.", {}, 0};
  co_return principal;
}

// Only failures count against the address: all devices of a workshop share one.
Awaitable<Result<Principal>> Authenticator::admit_device(const http::Request& request) {
  Result<Principal> device(Errc::unauthenticated, "Only a device with its id and password is let in here.");
  if (auto login = device_login_of(request.header("Authorization")))
    device = co_await devices_.check(std::move(*login));
  if (!device) {
    const auto now = std::chrono::steady_clock::now();
    if (const auto wait = per_address_.take(http::client_key(request.remote_address), now)) co_return too_many(*wait);
    co_return device;
  }
  if (auto refused = over_limit("device " + std::to_string(device->device.value))) co_return std::move(*refused);
  co_return device;
}

}  // namespace pitview::auth
