// One-use tickets for opening the WebSocket (decision D24): a browser cannot send
// an Authorization header there, and an access token in an address would end up
// in logs. They are kept in the database, by their SHA-256, so that any server
// takes what another one has issued, and only one of them does.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "app/database.h"
#include "pitview/domain/principal.h"

namespace pitview::auth {

inline constexpr std::chrono::seconds kWsTicketLife{30};

class WsTickets {
 public:
  explicit WsTickets(app::Database& database) : database_(database) {}

  // Empty when too many tickets of this session are waiting to be used.
  Awaitable<std::optional<std::string>> issue(SessionId session);

  // Who holds it, as the database has them now; empty when it is none, was used, is too old, or its
  // session is over. The ticket is gone afterwards, whatever the answer.
  Awaitable<std::optional<Principal>> redeem(std::string ticket);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> ws_ticket_statements();

}  // namespace pitview::auth
