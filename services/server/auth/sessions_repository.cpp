#include "auth/sessions_repository.h"

#include <array>

#include "audit/audit_log.h"
#include "pitview/base/crypto.h"
#include "pitview/http/message.h"
#include "pitview/json/write.h"

namespace pitview::auth {

struct LoginAudit {
  bool by_link = false;
};
BOOST_DESCRIBE_STRUCT(LoginAudit, (), (by_link))

struct EndedAudit {
  UserId user_id;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(EndedAudit, (), (user_id, reason))

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

constexpr Statement kRecordFailure{
    "record_sign_in_failure",
    "SELECT platform.record_sign_in_failure($1, $2::inet, $3, $4, nullif($5, '')::inet, $6) AS locked_until"};

constexpr Statement kClearFailures{"clear_login_failures", "SELECT 1 FROM platform.clear_login_failures($1, $2::inet)"};

// Waits for a change of the account or link that is under way, and then does not
// find what was checked.
constexpr Statement kCreateSession{"create_session", R"sql(
  WITH link AS (SELECT id FROM tracking_links WHERE id = $8 AND revoked_at IS NULL FOR SHARE),
  logged_in AS (UPDATE users SET last_login_at = $4
                WHERE id = $2 AND disabled_at IS NULL AND role = $9 AND ($10::text IS NULL OR password_hash = $10)
                  AND ($8::bigint IS NULL OR EXISTS (SELECT FROM link))
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

constexpr Statement kEnd{"end_session", R"sql(
  UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL RETURNING user_id)sql"};

constexpr Statement kEndAllOf{"end_sessions_of_user", R"sql(
  UPDATE sessions SET ended_at = $3, end_reason = $4
  WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2::bigint RETURNING id)sql"};

constexpr Statement kReplaceRefresh{"replace_refresh_token", R"sql(
  UPDATE sessions SET refresh_hash = $2, previous_refresh_hash = NULL, last_used_at = $3
  WHERE id = $1 AND ended_at IS NULL RETURNING expires_at)sql"};

constexpr Statement kListSessions{"list_sessions", R"sql(
  SELECT id, created_at, last_used_at, expires_at, host(ip) AS ip, user_agent FROM sessions
  WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND ($3::bigint IS NULL OR id < $3)
  ORDER BY id DESC LIMIT $4)sql"};

constexpr Statement kOwnerOf{"owner_of_session", R"sql(
  SELECT s.user_id, u.role FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2)sql"};

constexpr Statement kRoleOf{"role_of_user", "SELECT role FROM users WHERE id = $1"};

constexpr Statement kIsAlive{"session_is_alive", R"sql(
  SELECT ended_at IS NULL AND disabled_at IS NULL AND expires_at > $2 FROM platform.find_session($1))sql"};

constexpr Statement kForgetFailures{"forget_old_login_failures", "SELECT platform.forget_old_login_failures()"};

constexpr Statement kEndedSince{"ended_sessions", "SELECT session_id FROM platform.ended_sessions($1)"};

constexpr Statement kFindAccount{"find_account", R"sql(
  SELECT u.username, u.display_name, w.code, w.name, w.address, w.phone, w.timezone,
         u.must_change_password, f.confirmed_at IS NOT NULL AS second_factor
  FROM users u JOIN workshops w ON w.id = u.workshop_id
  LEFT JOIN second_factors f ON f.user_id = u.id
  WHERE u.id = $1)sql"};

constexpr std::array kStatements = {kFindLogin,     kLockedUntil,   kRecordFailure, kClearFailures, kCreateSession,
                                    kFindByRefresh, kRotate,        kEnd,           kEndAllOf,      kReplaceRefresh,
                                    kListSessions,  kOwnerOf,       kRoleOf,        kEndedSince,    kFindAccount,
                                    kIsAlive,       kForgetFailures};

Bytes hash_of(const std::string& token) { return Bytes(crypto::sha256(token)); }

// A header is any bytes; the session list shows text.
std::string printable(std::string_view header) {
  constexpr std::size_t kMaxUserAgent = 300;
  std::string text;
  for (const char c : header.substr(0, kMaxUserAgent)) text.push_back(c >= ' ' && c <= '~' ? c : '?');
  return text;
}

Role role_in(const Row& row) { return role_from(row.get<std::string>("role")).value(); }

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
                  .role = role_in(*row),
                  .password_hash = row->get<std::string>("password_hash"),
                  .must_change_password = row->get<bool>("must_change_password"),
                  .password_expires_at = row->get<std::optional<Timestamp>>("password_expires_at"),
                  .disabled = row->get<bool>("disabled")};
}

Awaitable<std::optional<Timestamp>> SessionsRepository::locked_until(std::string username, std::string ip) {
  const auto rows = co_await database_.here().read_platform(kLockedUntil, username, ip);
  co_return rows[0].get<std::optional<Timestamp>>(0);
}

Awaitable<std::optional<Timestamp>> SessionsRepository::record_failure(std::string username, Origin origin,
                                                                       LoginFailure failure) {
  auto tx = co_await database_.here().begin_platform();
  const auto rows = co_await tx.query(kRecordFailure, username, http::client_key(origin.ip), failure.action,
                                      failure.reason, origin.ip, origin.request_id);
  co_await tx.commit();
  co_return rows[0].get<std::optional<Timestamp>>(0);
}

Awaitable<> SessionsRepository::clear_failures(std::string username, std::string ip) {
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query(kClearFailures, username, ip);
  co_await tx.commit();
}

Awaitable<std::optional<SessionId>> SessionsRepository::create(NewSession session) {
  const WorkshopId workshop = session.workshop;
  auto tx = co_await database_.here().begin(workshop);
  const auto row =
      (co_await tx.query(kCreateSession, workshop, session.user, hash_of(session.refresh_token), session.now,
                         session.expires_at, session.origin.ip, printable(session.origin.user_agent), session.link,
                         name_of(session.role), session.password_hash))
          .first();
  if (!row) co_return std::nullopt;
  const auto id = row->get<SessionId>(0);
  audit::Actor actor{.principal = {.user = session.user, .workshop = workshop, .session = id, .role = session.role},
                     .request_id = session.origin.request_id,
                     .ip = session.origin.ip};
  audit::Entry entry{.action = "auth.login",
                     .subject = "session",
                     .subject_id = id.value,
                     .after = json::write(LoginAudit{session.link.has_value()})};
  co_await audit::record(tx, workshop, std::move(actor), std::move(entry));
  co_await tx.commit();
  co_return id;
}

Awaitable<std::optional<StoredSession>> SessionsRepository::find_by_refresh(std::string refresh_token) {
  const auto row = (co_await database_.here().read_platform(kFindByRefresh, hash_of(refresh_token))).first();
  if (!row) co_return std::nullopt;
  co_return StoredSession{.principal = {.user = row->get<UserId>("user_id"),
                                        .workshop = row->get<WorkshopId>("workshop_id"),
                                        .session = row->get<SessionId>("session_id"),
                                        .role = role_in(*row)},
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

Awaitable<bool> SessionsRepository::end(audit::Actor actor, SessionId session, std::string action, std::string reason,
                                        Timestamp now) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await database_.here().begin(workshop);
  const auto ended = (co_await tx.query(kEnd, session, now, reason)).first();
  if (!ended) co_return false;
  audit::Entry entry{.action = std::move(action),
                     .subject = "session",
                     .subject_id = session.value,
                     .after = json::write(EndedAudit{ended->get<UserId>(0), reason})};
  co_await audit::record(tx, workshop, actor, std::move(entry));
  co_await tx.commit();
  co_return true;
}

Awaitable<std::vector<SessionId>> SessionsRepository::end_all_of(postgres::Transaction& tx, UserId user,
                                                                 std::optional<SessionId> except, std::string reason,
                                                                 Timestamp now) {
  std::vector<SessionId> ended;
  for (const Row row : co_await tx.query(kEndAllOf, user, except, now, reason)) ended.push_back(row.get<SessionId>(0));
  co_return ended;
}

Awaitable<std::optional<Timestamp>> SessionsRepository::replace_refresh(postgres::Transaction& tx, SessionId session,
                                                                        std::string refresh_token, Timestamp now) {
  const auto row = (co_await tx.query(kReplaceRefresh, session, hash_of(refresh_token), now)).first();
  if (!row) co_return std::nullopt;
  co_return row->get<Timestamp>(0);
}

Awaitable<std::vector<LiveSession>> SessionsRepository::list(WorkshopId workshop, SessionFilter filter) {
  std::vector<LiveSession> sessions;
  for (const Row row :
       co_await database_.here().read(workshop, kListSessions, filter.user, filter.now, filter.before, filter.limit))
    sessions.push_back({.id = row.get<SessionId>("id"),
                        .created_at = row.get<Timestamp>("created_at"),
                        .last_used_at = row.get<Timestamp>("last_used_at"),
                        .expires_at = row.get<Timestamp>("expires_at"),
                        .ip = row.get<std::optional<std::string>>("ip"),
                        .user_agent = row.get<std::optional<std::string>>("user_agent")});
  co_return sessions;
}

Awaitable<std::optional<SessionsRepository::Owner>> SessionsRepository::owner_of(WorkshopId workshop, SessionId session,
                                                                                 Timestamp now) {
  const auto row = (co_await database_.here().read(workshop, kOwnerOf, session, now)).first();
  if (!row) co_return std::nullopt;
  co_return Owner{row->get<UserId>("user_id"), role_in(*row)};
}

Awaitable<std::optional<Role>> SessionsRepository::role_of(WorkshopId workshop, UserId user) {
  const auto row = (co_await database_.here().read(workshop, kRoleOf, user)).first();
  if (!row) co_return std::nullopt;
  co_return role_from(row->get<std::string>(0));
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
                    .timezone = row->get<std::string>("timezone"),
                    .must_change_password = row->get<bool>("must_change_password"),
                    .second_factor = row->get<bool>("second_factor")};
}

}  // namespace pitview::auth
