// Sessions that have ended although their access tokens are still good for some
// minutes. Every request asks here, so that logout works at once without a
// database question per request. Thread-safe.
#pragma once

#include <mutex>
#include <unordered_map>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::auth {

class EndedSessions {
 public:
  void add(SessionId session, Timestamp ended_at);
  bool contains(SessionId session) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<SessionId, Timestamp> ended_;  // forgotten once no access token can be good any more
};

}  // namespace pitview::auth
