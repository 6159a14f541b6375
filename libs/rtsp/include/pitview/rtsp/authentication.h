// How one proves to a camera who one is: Basic (RFC 7617) and Digest (RFC 7616 with
// MD5 and SHA-256, RFC 2069 for cameras that know no qop).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pitview::rtsp {

struct Challenge {
  enum class Scheme { basic, digest_md5, digest_sha256 };
  Scheme scheme = Scheme::basic;
  std::string realm;
  std::string nonce;
  std::string opaque;
  bool qop_auth = false;
  bool stale = false;  // only the nonce was too old: once more with this one
};

// The strongest of the WWW-Authenticate headers that is known here; empty: none.
std::optional<Challenge> strongest(const std::vector<std::string_view>& headers);

class Authenticator {
 public:
  Authenticator(std::string username, std::string password)
      : username_(std::move(username)), password_(std::move(password)) {}

  // Takes the challenge of a 401. False: there is nothing to answer it with, or it
  // was answered already and the password is wrong.
  bool take(const std::vector<std::string_view>& challenges);

  // The value of the Authorization header, or none before a challenge.
  std::optional<std::string> authorize(std::string_view method, std::string_view uri);

  // A request with it has been let in: a later 401 is about its nonce.
  void accepted() noexcept;

  // For tests with the RFC's vectors: else it is random.
  void use_cnonce(std::string cnonce) { cnonce_ = std::move(cnonce); }

 private:
  std::string digest(std::string_view method, std::string_view uri);

  std::string username_;
  std::string password_;
  std::optional<Challenge> challenge_;
  std::string cnonce_;
  unsigned count_ = 0;   // of requests with this nonce
  bool proven_ = false;  // a request with it was let in
};

}  // namespace pitview::rtsp
