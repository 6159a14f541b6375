#include "auth/authenticator.h"

#include <algorithm>

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

Error change_first() { return {Errc::password_change_required, "Change your temporary password first.", {}, 0}; }

// Browsers send Origin with every POST; what sends none carries nobody's cookies.
bool is_of_another_site(const http::Request& request, const std::vector<std::string>& allowed) {
  const std::string_view origin = request.header("Origin");
  if (origin.empty() || std::find(allowed.begin(), allowed.end(), origin) != allowed.end()) return false;
  const std::size_t scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return true;  // "null"
  return origin.substr(scheme_end + 3) != request.header("Host");
}

}  // namespace

Authenticator::Authenticator(const crypto::Key256& jwt_secret, const EndedSessions& ended, DeviceCheck& devices,
                             const Clock& clock, std::vector<std::string> allowed_origins)
    : jwt_secret_(jwt_secret),
      ended_(ended),
      devices_(devices),
      clock_(clock),
      allowed_origins_(std::move(allowed_origins)) {}

Result<Access> Authenticator::access_of(const std::string& access_token) const {
  Result<Access> access = verify_access_token(jwt_secret_, access_token, clock_.now());
  if (access && ended_.contains(access->principal.session))
    return Error{Errc::session_ended, "The session has ended. Please sign in again.", {}, 0};
  return access;
}

Result<Principal> Authenticator::authenticate(const std::string& access_token) const {
  Result<Access> access = access_of(access_token);
  if (!access) return std::move(access).error();
  if (access->must_change_password) return change_first();
  return access->principal;
}

std::optional<Error> Authenticator::over_limit(SessionId session) { return over_limit(std::to_string(session.value)); }

std::optional<Error> Authenticator::over_limit(const std::string& key) {
  const auto wait = per_session_.take(key, std::chrono::steady_clock::now());
  if (!wait) return std::nullopt;
  return too_many(*wait);
}

Awaitable<Result<Principal>> Authenticator::admit(const http::Request& request, api::Needs needs) {
  const Permission permission = needs.permission();
  if (permission == Permission::anyone) co_return admit_anyone(request, !needs.is_signed_by_the_caller());
  if (permission == Permission::device_self) co_return co_await admit_device(request);

  const auto token = bearer_token(request);
  Result<Access> access =
      token ? access_of(*token) : Result<Access>(Errc::unauthenticated, "Sign in first: no access token was sent.");
  if (!access) {
    // Guessing tokens is as limited as guessing passwords.
    const auto now = std::chrono::steady_clock::now();
    if (const auto wait = per_address_.take(http::client_key(request.remote_address), now)) co_return too_many(*wait);
    co_return std::move(access).error();
  }
  const Principal& principal = access->principal;
  if (auto refused = over_limit(principal.session)) co_return std::move(*refused);
  if (access->must_change_password && !needs.is_before_password_change()) co_return change_first();
  if (!may(principal.role, permission)) co_return Error{Errc::forbidden, "Your role may not do this.", {}, 0};
  co_return principal;
}

std::optional<Error> Authenticator::over_limit_of_address(const http::Request& request) {
  const auto wait = per_address_.take(http::client_key(request.remote_address), std::chrono::steady_clock::now());
  if (!wait) return std::nullopt;
  return too_many(*wait);
}

Result<Principal> Authenticator::admit_anyone(const http::Request& request, bool is_limited) {
  if (is_limited)
    if (auto refused = over_limit_of_address(request)) return std::move(*refused);
  if (request.method != http::Method::get && is_of_another_site(request, allowed_origins_))
    return Error{Errc::forbidden, "A page of another site may not ask for this.", {}, 0};
  return Principal{};
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
