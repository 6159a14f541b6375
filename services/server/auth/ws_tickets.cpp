#include "auth/ws_tickets.h"

#include "pitview/base/crypto.h"

namespace pitview::auth {
namespace {

constexpr std::size_t kMaxTickets = 20'000;

}  // namespace

std::optional<std::string> WsTickets::issue(const Principal& principal, Timestamp now) {
  const std::lock_guard lock(mutex_);
  if (tickets_.size() >= kMaxTickets) {
    std::erase_if(tickets_, [&](const auto& entry) { return entry.second.expires_at < now; });
    if (tickets_.size() >= kMaxTickets) return std::nullopt;
  }
  std::string ticket = crypto::random_token();
  tickets_[ticket] = {principal, now + kWsTicketLife};
  return ticket;
}

std::optional<Principal> WsTickets::redeem(const std::string& ticket, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) return std::nullopt;
  const Ticket used = std::move(found->second);
  tickets_.erase(found);
  if (used.expires_at < now) return std::nullopt;
  return used.principal;
}

}  // namespace pitview::auth
