// Logins and sessions in PostgreSQL. The look-ups before a workshop is known go
// through functions of schema `platform`; everything else is scoped to it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "audit/actor.h"
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

// Where a request comes from, for the session list, the lockout and the audit log.
struct Origin {
  std::string ip;
  std::string user_agent;
  std::string request_id;
};

inline Origin origin_of(const api::Caller& caller) {
  return {caller.request.remote_address, std::string(caller.request.header("User-Agent")), caller.request.request_id};
}

// What went wrong at a sign-in, as the audit log says it.
struct LoginFailure {
  std::string_view action;  // "auth.login_failed"
  std::string_view reason;  // "wrong_password"
};

struct NewSession {
  UserId user;
  WorkshopId workshop;
  Role role = Role::customer;                               // as it was checked, and so is the password's hash
  std::optional<std::string> password_hash = std::nullopt;  // empty: not by a password
  std::optional<TrackingLinkId> link = std::nullopt;
  std::string refresh_token;
  Timestamp now;
  Timestamp expires_at;
  Origin origin;
};

struct LiveSession {
  SessionId id;
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
  std::optional<std::string> ip;
  std::optional<std::string> user_agent;
};

struct SessionFilter {
  UserId user;
  Timestamp now;
  std::optional<SessionId> before;
  int limit = 50;
};

struct Account {
  std::string username;
  std::string display_name;
  std::string workshop_code;
  std::string workshop_name;
  std::optional<std::string> workshop_address;
  std::optional<std::string> workshop_phone;
  std::string timezone;
  bool must_change_password = false;
  bool second_factor = false;
};

class SessionsRepository {
 public:
  explicit SessionsRepository(app::Database& database) : database_(database) {}

  Awaitable<std::optional<Login>> find_login(std::string username);
  Awaitable<std::optional<Timestamp>> locked_until(std::string username, std::string ip);
  // The time until which that name is locked for that address, if it now is. What
  // happens to an account that exists is in the audit log.
  Awaitable<std::optional<Timestamp>> record_failure(std::string username, Origin origin, LoginFailure failure);
  // Housekeeping: those of more than a day ago.
  Awaitable<> forget_old_failures();
  Awaitable<> clear_failures(std::string username, std::string ip);

  // Also notes the user's last login. Empty when the account is not any more what was
  // checked (disabled, of another role, with another password) or the link is revoked:
  // whoever does that ends the sessions there are, so none may be made at the same time.
  Awaitable<std::optional<SessionId>> create(NewSession session);
  Awaitable<std::optional<StoredSession>> find_by_refresh(std::string refresh_token);
  // False when the session's token is not (any more) `old_token`, or the session is over.
  Awaitable<bool> rotate(Principal principal, std::string old_token, std::string new_token, Timestamp now);
  Awaitable<bool> is_alive(SessionId session, Timestamp now);
  // `actor` ends it; in the audit log as `action`. False when it had ended before.
  Awaitable<bool> end(audit::Actor actor, SessionId session, std::string action, std::string reason, Timestamp now);
  Awaitable<std::vector<SessionId>> ended_since(Timestamp since);

  Awaitable<std::optional<Account>> find_account(const Principal& principal);
  Awaitable<std::optional<Role>> role_of(WorkshopId workshop, UserId user);

  // Those that have not ended, the newest first.
  Awaitable<std::vector<LiveSession>> list(WorkshopId workshop, SessionFilter filter);
  struct Owner {
    UserId user;
    Role role = Role::customer;
  };
  // Whose it is; empty when it is over.
  Awaitable<std::optional<Owner>> owner_of(WorkshopId workshop, SessionId session, Timestamp now);

  // In the transaction of a change that concerns the whole account; which ones it
  // were goes to SessionEndings::announce() after the commit.
  static Awaitable<std::vector<SessionId>> end_all_of(postgres::Transaction& tx, UserId user,
                                                      std::optional<SessionId> except, std::string reason,
                                                      Timestamp now);
  // No token from before is good any more. The session's end; empty when it has ended.
  static Awaitable<std::optional<Timestamp>> replace_refresh(postgres::Transaction& tx, SessionId session,
                                                             std::string refresh_token, Timestamp now);

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> session_statements();

}  // namespace pitview::auth
