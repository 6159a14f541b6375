#include "auth/ended_sessions.h"

#include "auth/access_token.h"

namespace pitview::auth {

void EndedSessions::add(SessionId session, Timestamp ended_at) {
  const std::lock_guard lock(mutex_);
  std::erase_if(ended_, [&](const auto& entry) { return entry.second + kAccessTokenLife < ended_at; });
  ended_[session] = ended_at;
}

bool EndedSessions::contains(SessionId session) const {
  const std::lock_guard lock(mutex_);
  return ended_.contains(session);
}

}  // namespace pitview::auth
