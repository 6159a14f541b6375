// Logins and sessions in PostgreSQL. The look-ups before a workshop is known go
// through functions of schema `platform`; everything else is scoped to it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "pitview/base/time.h"
#include "pitview/domain/principal.h"

namespace pitview::auth {

using TrackingLinkId = StrongId<struct TrackingLinkTag>;

struct Login {
  UserId user;
  WorkshopId workshop;
  Role role = Role::customer;
  std::string password_hash;
  bool must_change_password = false;
  std::optional<Timestamp> password_expires_at;
  bool disabled = false;
};

struct StoredSession {
  Principal principal;
  Timestamp last_used_at;
  Timestamp expires_at;
  bool ended = false;
  bool reused = false;  // found by the token before the current one
  bool must_change_password = false;
  bool user_disabled = false;
};

struct NewSession {
  UserId user;
  std::string refresh_token;
  Timestamp now;
  Timestamp expires_at;
  std::string ip;
  std::string user_agent;
  std::optional<TrackingLinkId> link = std::nullopt;
};

struct Account {
  std::string username;
  std::string display_name;
  std::string workshop_code;
  std::string workshop_name;
  std::optional<std::string> workshop_address;
  std::optional<std::string> workshop_phone;
  std::string timezone;
};

class SessionsRepository {
 public:
  explicit SessionsRepository(app::Database& database) : database_(database) {}

  Awaitable<std::optional<Login>> find_login(std::string username);
  Awaitable<std::optional<Timestamp>> locked_until(std::string username, std::string ip);
  // The time until which that name is locked for that address, if it now is.
  Awaitable<std::optional<Timestamp>> record_failure(std::string username, std::string ip);
  // Housekeeping: those of more than a day ago.
  Awaitable<> forget_old_failures();
  Awaitable<> clear_failures(std::string username, std::string ip);

  // Also notes the user's last login. Empty when the user is disabled or the link
  // revoked by now: whoever does that ends the sessions there are, so none may be
  // made at the same time.
  Awaitable<std::optional<SessionId>> create(WorkshopId workshop, NewSession session);
  Awaitable<std::optional<StoredSession>> find_by_refresh(std::string refresh_token);
  // False when the session's token is not (any more) `old_token`, or the session is over.
  Awaitable<bool> rotate(Principal principal, std::string old_token, std::string new_token, Timestamp now);
  Awaitable<bool> is_alive(SessionId session, Timestamp now);
  Awaitable<> end(WorkshopId workshop, SessionId session, std::string reason, Timestamp now);
  Awaitable<std::vector<SessionId>> ended_since(Timestamp since);

  Awaitable<std::optional<Account>> find_account(const Principal& principal);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> session_statements();

}  // namespace pitview::auth
