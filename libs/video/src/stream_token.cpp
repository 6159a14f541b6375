#include "pitview/video/stream_token.h"

#include <jwt.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace pitview::video {
namespace {

using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;
constexpr const char* kAudience = "pitview-video";  // no token of another purpose opens a stream

std::int64_t seconds_of(Timestamp t) { return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count(); }

std::string text_of(jwt_t* token, const char* name) {
  const char* value = jwt_get_grant(token, name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string sign_stream_token(const crypto::Key256& secret, const StreamGrant& grant, Timestamp now) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) throw std::runtime_error("JWT: no memory");
  const Jwt token(raw, &jwt_free);
  const bool made = jwt_set_alg(raw, JWT_ALG_HS256, secret.data(), static_cast<int>(secret.size())) == 0 &&
                    jwt_add_grant(raw, "aud", kAudience) == 0 && jwt_add_grant(raw, "path", grant.path.c_str()) == 0 &&
                    jwt_add_grant(raw, "sub", grant.subject.c_str()) == 0 &&
                    jwt_add_grant(raw, "sid", grant.session.c_str()) == 0 &&
                    jwt_add_grant_int(raw, "exp", static_cast<long>(seconds_of(now + kStreamTokenLife))) == 0;
  if (!made) throw std::runtime_error("JWT: no memory");
  const std::unique_ptr<char, decltype(&std::free)> encoded(jwt_encode_str(raw), &std::free);
  if (!encoded) throw std::runtime_error("JWT: signing failed");
  return encoded.get();
}

Result<StreamGrant> verify_stream_token(const crypto::Key256& secret, const std::string& token, const std::string& path,
                                        Timestamp now) {
  const Error refused{Errc::unauthenticated, "This needs a valid token for the stream.", {}, 0};
  jwt_t* raw = nullptr;
  if (token.empty() || jwt_decode(&raw, token.c_str(), secret.data(), static_cast<int>(secret.size())) != 0)
    return refused;
  const Jwt decoded(raw, &jwt_free);
  const std::int64_t expires_s = jwt_get_grant_int(raw, "exp");
  StreamGrant grant{text_of(raw, "path"), text_of(raw, "sub"), text_of(raw, "sid"),
                    Timestamp(std::chrono::seconds(expires_s))};
  if (jwt_get_alg(raw) != JWT_ALG_HS256 || text_of(raw, "aud") != kAudience || grant.session.empty()) return refused;
  if (seconds_of(now) >= expires_s)
    return Error{Errc::token_expired, "The token for the stream has expired. Ask for a new one.", {}, 0};
  // Whether there is such a path is not this caller's business.
  if (grant.path != path) return Error{Errc::forbidden, "The token is for another stream.", {}, 0};
  return grant;
}

}  // namespace pitview::video
