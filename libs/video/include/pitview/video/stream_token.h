// The right to watch one path: a JWT (HS256) that pitview-server signs with the secret
// both know. It opens a session and is not asked for again; a session is ended by the
// server (control/).
#pragma once

#include <chrono>
#include <string>

#include "pitview/base/crypto.h"
#include "pitview/base/result.h"
#include "pitview/base/time.h"

namespace pitview::video {

inline constexpr std::chrono::seconds kStreamTokenLife{60};

struct StreamGrant {
  std::string path;
  std::string subject;     // "user:17"
  std::string session;     // of the server, whose end is the end of watching
  Timestamp expires_at{};  // whole seconds; set by who signs
};

std::string sign_stream_token(const crypto::Key256& secret, const StreamGrant& grant, Timestamp now);

// unauthenticated: no token of ours. token_expired. forbidden: of another path.
Result<StreamGrant> verify_stream_token(const crypto::Key256& secret, const std::string& token, const std::string& path,
                                        Timestamp now);

}  // namespace pitview::video
