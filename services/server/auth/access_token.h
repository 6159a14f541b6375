// Access tokens: JWT (RFC 7519), HS256 with a 256-bit secret, 15 minutes.
#pragma once

#include <string>

#include "pitview/base/crypto.h"
#include "pitview/base/result.h"
#include "pitview/base/time.h"
#include "pitview/domain/principal.h"

namespace pitview::auth {

inline constexpr std::chrono::minutes kAccessTokenLife{15};

struct Access {
  Principal principal;
  bool must_change_password = false;  // nothing else until that is done (decision D32)
};

std::string sign_access_token(const crypto::Key256& secret, const Access& access, Timestamp now);

// token_expired, or unauthenticated for anything that is not such a token signed
// by us: another algorithm ("none" included), another secret, missing claims.
Result<Access> verify_access_token(const crypto::Key256& secret, const std::string& token, Timestamp now);

}  // namespace pitview::auth
