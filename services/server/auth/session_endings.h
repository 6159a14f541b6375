// Says at once to every request and live connection that sessions are over, here
// and, by way of the hub, on other servers. After the transaction that ended them.
// Thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "auth/ended_sessions.h"
#include "pitview/live/hub.h"

namespace pitview::auth {

class SessionEndings {
 public:
  SessionEndings(EndedSessions& ended, live::Hub& hub, const Clock& clock) : ended_(ended), hub_(hub), clock_(clock) {}

  // `reason`: of a-z and _, as stored with the session.
  void announce(WorkshopId workshop, std::span<const SessionId> sessions, std::string_view reason);

 private:
  EndedSessions& ended_;
  live::Hub& hub_;
  const Clock& clock_;
};

}  // namespace pitview::auth
