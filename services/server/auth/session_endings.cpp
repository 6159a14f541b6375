#include "auth/session_endings.h"

#include <string>

namespace pitview::auth {

void SessionEndings::announce(WorkshopId workshop, std::span<const SessionId> sessions, std::string_view reason) {
  const Timestamp now = clock_.now();
  for (const SessionId session : sessions) {
    ended_.add(session, now);
    hub_.publish({"session_ended", workshop, {}, {}, session, "{\"reason\":\"" + std::string(reason) + "\"}"});
  }
}

}  // namespace pitview::auth
