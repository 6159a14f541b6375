// One-use tickets for opening the WebSocket (decision D24): a browser cannot send
// an Authorization header there, and an access token in an address would end up
// in logs. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "pitview/base/time.h"
#include "pitview/domain/principal.h"

namespace pitview::auth {

inline constexpr std::chrono::seconds kWsTicketLife{30};

class WsTickets {
 public:
  // Empty when too many tickets are waiting to be used.
  std::optional<std::string> issue(const Principal& principal, Timestamp now);

  // The ticket is gone afterwards, whatever the answer.
  std::optional<Principal> redeem(const std::string& ticket, Timestamp now);

 private:
  struct Ticket {
    Principal principal;
    Timestamp expires_at;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Ticket> tickets_;
};

}  // namespace pitview::auth
