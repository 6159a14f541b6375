#include "auth/ws_tickets.h"

#include <array>

#include "pitview/base/crypto.h"

namespace pitview::auth {
namespace {

using postgres::Bytes;
using postgres::Statement;

constexpr Statement kIssue{"issue_ws_ticket", "SELECT platform.issue_ws_ticket($1, $2, $3)"};

constexpr Statement kRedeem{"redeem_ws_ticket",
                            "SELECT user_id, workshop_id, session_id, role, good FROM platform.redeem_ws_ticket($1)"};

constexpr std::array kStatements = {kIssue, kRedeem};

}  // namespace

std::span<const Statement> ws_ticket_statements() { return kStatements; }

Awaitable<std::optional<std::string>> WsTickets::issue(SessionId session) {
  std::string ticket = crypto::random_token();
  auto tx = co_await database_.here().begin_platform();
  const auto rows = co_await tx.query(kIssue, Bytes(crypto::sha256(ticket)), session,
                                      static_cast<std::int64_t>(kWsTicketLife.count()));
  co_await tx.commit();
  if (!rows[0].get<bool>(0)) co_return std::nullopt;
  co_return ticket;
}

Awaitable<std::optional<Principal>> WsTickets::redeem(std::string ticket) {
  auto tx = co_await database_.here().begin_platform();
  const auto rows = co_await tx.query(kRedeem, Bytes(crypto::sha256(ticket)));
  co_await tx.commit();
  const auto row = rows.first();
  if (!row || !row->get<bool>("good")) co_return std::nullopt;
  const auto role = role_from(row->get<std::string>("role"));
  if (!role) co_return std::nullopt;
  co_return Principal{.user = row->get<UserId>("user_id"),
                      .workshop = row->get<WorkshopId>("workshop_id"),
                      .session = row->get<SessionId>("session_id"),
                      .role = *role};
}

}  // namespace pitview::auth
