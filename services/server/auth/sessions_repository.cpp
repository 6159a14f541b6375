#include "auth/sessions_repository.h"

#include <array>

#include "pitview/base/crypto.h"

namespace pitview::auth {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Statement;

constexpr Statement kFindLogin{"find_login", R"sql(
  SELECT user_id, workshop_id, role, password_hash, must_change_password, password_expires_at,
         disabled_at IS NOT NULL AS disabled
  FROM platform.find_login($1))sql"};

constexpr Statement kLockedUntil{"login_locked_until",
                                 "SELECT platform.login_locked_until($1, $2::inet) AS locked_until"};

constexpr Statement kRecordFailure{"record_login_failure",
                                   "SELECT locked_until FROM platform.record_login_failure($1, $2::inet)"};

constexpr Statement kClearFailures{"clear_login_failures", "SELECT 1 FROM platform.clear_login_failures($1, $2::inet)"};

constexpr Statement kCreateSession{"create_session", R"sql(
  WITH link AS (SELECT id FROM tracking_links WHERE id = $8 AND revoked_at IS NULL FOR SHARE),
  logged_in AS (UPDATE users SET last_login_at = $4
                WHERE id = $2 AND disabled_at IS NULL AND ($8::bigint IS NULL OR EXISTS (SELECT FROM link))
                RETURNING id)
  INSERT INTO sessions (workshop_id, user_id, refresh_hash, created_at, last_used_at, expires_at, ip, user_agent,
                        tracking_link_id)
  SELECT $1, id, $3, $4, $4, $5, $6::inet, $7, $8 FROM logged_in
  RETURNING id)sql"};

constexpr Statement kFindByRefresh{"find_session_by_refresh", R"sql(
  SELECT session_id, user_id, workshop_id, role, must_change_password, last_used_at, expires_at,
         ended_at IS NOT NULL AS ended, reused, disabled_at IS NOT NULL AS disabled
  FROM platform.find_session_by_refresh($1))sql"};

// Compare and swap: of two requests with the same token one finds it changed.
constexpr Statement kRotate{"rotate_session", R"sql(
  UPDATE sessions SET refresh_hash = $3, previous_refresh_hash = $2, last_used_at = $4
  WHERE id = $1 AND refresh_hash = $2 AND ended_at IS NULL)sql"};

constexpr Statement kEnd{"end_session",
                         "UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL"};

constexpr Statement kIsAlive{"session_is_alive", R"sql(
  SELECT ended_at IS NULL AND disabled_at IS NULL AND expires_at > $2 FROM platform.find_session($1))sql"};

constexpr Statement kForgetFailures{"forget_old_login_failures", "SELECT platform.forget_old_login_failures()"};

constexpr Statement kEndedSince{"ended_sessions", "SELECT session_id FROM platform.ended_sessions($1)"};

constexpr Statement kFindAccount{"find_account", R"sql(
  SELECT u.username, u.display_name, w.code, w.name, w.address, w.phone, w.timezone
  FROM users u JOIN workshops w ON w.id = u.workshop_id
  WHERE u.id = $1)sql"};

constexpr std::array kStatements = {kFindLogin,     kLockedUntil,   kRecordFailure, kClearFailures,
                                    kCreateSession, kFindByRefresh, kRotate,        kEnd,
                                    kEndedSince,    kFindAccount,   kIsAlive,       kForgetFailures};

Bytes hash_of(const std::string& token) { return Bytes(crypto::sha256(token)); }

// A header is any bytes; the session list shows text.
std::string printable(std::string_view header) {
  constexpr std::size_t kMaxUserAgent = 300;
  std::string text;
  for (const char c : header.substr(0, kMaxUserAgent)) text.push_back(c >= ' ' && c <= '~' ? c : '?');
  return text;
}

Role role_of(const Row& row) { return role_from(row.get<std::string>("role")).value(); }

std::optional<std::string> not_empty(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

std::span<const Statement> session_statements() { return kStatements; }

Awaitable<std::optional<Login>> SessionsRepository::find_login(std::string username) {
  const auto row = (co_await database_.here().read_platform(kFindLogin, username)).first();
  if (!row) co_return std::nullopt;
  co_return Login{.user = row->get<UserId>("user_id"),
                  .workshop = row->get<WorkshopId>("workshop_id"),
                  .role = role_of(*row),
                  .password_hash = row->get<std::string>("password_hash"),
                  .must_change_password = row->get<bool>("must_change_password"),
                  .password_expires_at = row->get<std::optional<Timestamp>>("password_expires_at"),
                  .disabled = row->get<bool>("disabled")};
}

Awaitable<std::optional<Timestamp>> SessionsRepository::locked_until(std::string username, std::string ip) {
  const auto rows = co_await database_.here().read_platform(kLockedUntil, username, ip);
  co_return rows[0].get<std::optional<Timestamp>>(0);
}

Awaitable<std::optional<Timestamp>> SessionsRepository::record_failure(std::string username, std::string ip) {
  auto tx = co_await database_.here().begin_platform();
  const auto rows = co_await tx.query(kRecordFailure, username, ip);
  co_await tx.commit();
  co_return rows[0].get<std::optional<Timestamp>>(0);
}

Awaitable<> SessionsRepository::clear_failures(std::string username, std::string ip) {
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query(kClearFailures, username, ip);
  co_await tx.commit();
}

Awaitable<std::optional<SessionId>> SessionsRepository::create(WorkshopId workshop, NewSession session) {
  auto tx = co_await database_.here().begin(workshop);
  const auto row =
      (co_await tx.query(kCreateSession, workshop, session.user, hash_of(session.refresh_token), session.now,
                         session.expires_at, session.ip, printable(session.user_agent), session.link))
          .first();
  co_await tx.commit();
  if (!row) co_return std::nullopt;
  co_return row->get<SessionId>(0);
}

Awaitable<std::optional<StoredSession>> SessionsRepository::find_by_refresh(std::string refresh_token) {
  const auto row = (co_await database_.here().read_platform(kFindByRefresh, hash_of(refresh_token))).first();
  if (!row) co_return std::nullopt;
  co_return StoredSession{.principal = {.user = row->get<UserId>("user_id"),
                                        .workshop = row->get<WorkshopId>("workshop_id"),
                                        .session = row->get<SessionId>("session_id"),
                                        .role = role_of(*row)},
                          .last_used_at = row->get<Timestamp>("last_used_at"),
                          .expires_at = row->get<Timestamp>("expires_at"),
                          .ended = row->get<bool>("ended"),
                          .reused = row->get<bool>("reused"),
                          .must_change_password = row->get<bool>("must_change_password"),
                          .user_disabled = row->get<bool>("disabled")};
}

Awaitable<bool> SessionsRepository::rotate(Principal principal, std::string old_token, std::string new_token,
                                           Timestamp now) {
  auto tx = co_await database_.here().begin(principal.workshop);
  const auto rotated = co_await tx.execute(kRotate, principal.session, hash_of(old_token), hash_of(new_token), now);
  co_await tx.commit();
  co_return rotated == 1;
}

Awaitable<bool> SessionsRepository::is_alive(SessionId session, Timestamp now) {
  const auto row = (co_await database_.here().read_platform(kIsAlive, session, now)).first();
  co_return row && row->get<bool>(0);
}

Awaitable<> SessionsRepository::forget_old_failures() {
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query(kForgetFailures);
  co_await tx.commit();
}

Awaitable<> SessionsRepository::end(WorkshopId workshop, SessionId session, std::string reason, Timestamp now) {
  auto tx = co_await database_.here().begin(workshop);
  co_await tx.execute(kEnd, session, now, reason);
  co_await tx.commit();
}

Awaitable<std::vector<SessionId>> SessionsRepository::ended_since(Timestamp since) {
  std::vector<SessionId> sessions;
  for (const Row row : co_await database_.here().read_platform(kEndedSince, since))
    sessions.push_back(row.get<SessionId>(0));
  co_return sessions;
}

Awaitable<std::optional<Account>> SessionsRepository::find_account(const Principal& principal) {
  const auto row = (co_await database_.here().read(principal.workshop, kFindAccount, principal.user)).first();
  if (!row) co_return std::nullopt;
  co_return Account{.username = row->get<std::string>("username"),
                    .display_name = row->get<std::string>("display_name"),
                    .workshop_code = row->get<std::string>("code"),
                    .workshop_name = row->get<std::string>("name"),
                    .workshop_address = not_empty(row->get<std::string>("address")),
                    .workshop_phone = not_empty(row->get<std::string>("phone")),
                    .timezone = row->get<std::string>("timezone")};
}

}  // namespace pitview::auth
