#include "auth/access_token.h"

#include <jwt.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace pitview::auth {
namespace {

constexpr const char* kMustChange = "chg";

using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

std::int64_t seconds_of(Timestamp t) { return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count(); }

void add_grant(jwt_t* token, const char* name, std::int64_t value) {
  if (jwt_add_grant_int(token, name, static_cast<long>(value)) != 0) throw std::runtime_error("JWT: no memory");
}

}  // namespace

std::string sign_access_token(const crypto::Key256& secret, const Access& access, Timestamp now) {
  const Principal& principal = access.principal;
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) throw std::runtime_error("JWT: no memory");
  const Jwt token(raw, &jwt_free);
  if (jwt_set_alg(raw, JWT_ALG_HS256, secret.data(), static_cast<int>(secret.size())) != 0)
    throw std::runtime_error("JWT: HS256 is not available");
  add_grant(raw, "sub", principal.user.value);
  add_grant(raw, "wid", principal.workshop.value);
  add_grant(raw, "sid", principal.session.value);
  add_grant(raw, "iat", seconds_of(now));
  add_grant(raw, "exp", seconds_of(now + kAccessTokenLife));
  if (jwt_add_grant(raw, "role", std::string(name_of(principal.role)).c_str()) != 0)
    throw std::runtime_error("JWT: no memory");
  if (access.must_change_password) add_grant(raw, kMustChange, 1);
  const std::unique_ptr<char, decltype(&std::free)> encoded(jwt_encode_str(raw), &std::free);
  if (!encoded) throw std::runtime_error("JWT: signing failed");
  return encoded.get();
}

Result<Access> verify_access_token(const crypto::Key256& secret, const std::string& token, Timestamp now) {
  const Error refused{Errc::unauthenticated, "The access token is not valid.", {}, 0};
  jwt_t* raw = nullptr;
  if (jwt_decode(&raw, token.c_str(), secret.data(), static_cast<int>(secret.size())) != 0) return refused;
  const Jwt decoded(raw, &jwt_free);
  if (jwt_get_alg(raw) != JWT_ALG_HS256) return refused;
  const char* role_name = jwt_get_grant(raw, "role");
  const auto role = role_name == nullptr ? std::nullopt : role_from(role_name);
  Principal principal{.user = UserId(jwt_get_grant_int(raw, "sub")),
                      .workshop = WorkshopId(jwt_get_grant_int(raw, "wid")),
                      .session = SessionId(jwt_get_grant_int(raw, "sid"))};
  const std::int64_t expires = jwt_get_grant_int(raw, "exp");
  if (!role || principal.user.value <= 0 || principal.workshop.value <= 0 || principal.session.value <= 0)
    return refused;
  if (seconds_of(now) >= expires) return Error{Errc::token_expired, "The access token has expired.", {}, 0};
  principal.role = *role;
  return Access{principal, jwt_get_grant_int(raw, kMustChange) == 1};
}

}  // namespace pitview::auth
