#include "audit/audit_repository.h"

#include <array>

namespace pitview::audit {
namespace {

using postgres::Row;
using postgres::Statement;

// The people of the platform belong to another workshop, which this one cannot see.
#define AUDIT_COLUMNS                                                                                          \
  "a.id, a.at, a.actor_user_id, coalesce(u.display_name, 'PitView') AS actor_name, "                           \
  "coalesce(u.role, 'super_admin') AS actor_role, a.action, a.subject_type, a.subject_id, a.before, a.after, " \
  "a.request_id, host(a.ip) AS ip FROM audit_log a LEFT JOIN users u ON u.id = a.actor_user_id "

#define AUDIT_FILTER                                                                          \
  " ($1::text IS NULL OR a.subject_type = $1) AND ($2::bigint IS NULL OR a.subject_id = $2) " \
  "AND ($3::text IS NULL OR a.action = $3) AND ($4::timestamptz IS NULL OR a.at >= $4) "      \
  "AND ($5::timestamptz IS NULL OR a.at < $5) AND ($6::bigint IS NULL OR a.id < $6) "

constexpr Statement kList{"list_audit_log", "SELECT " AUDIT_COLUMNS "WHERE" AUDIT_FILTER "ORDER BY a.id DESC LIMIT $7"};

// Apart, so that the index of actors serves it.
constexpr Statement kListOfActor{"list_audit_log_of_actor", "SELECT " AUDIT_COLUMNS "WHERE" AUDIT_FILTER
                                                            "AND a.actor_user_id = $8 ORDER BY a.id DESC LIMIT $7"};

#undef AUDIT_COLUMNS
#undef AUDIT_FILTER

constexpr std::array kStatements = {kList, kListOfActor};

std::optional<json::Raw> json_of(const Row& row, std::string_view column) {
  auto text = row.get<std::optional<std::string>>(column);
  if (!text) return std::nullopt;
  return json::Raw{std::move(*text)};
}

AuditEntry entry_of(const Row& row) {
  AuditEntry entry{.id = row.get<EntryId>("id"),
                   .at = row.get<Timestamp>("at"),
                   .actor = std::nullopt,
                   .action = row.get<std::string>("action"),
                   .subject = row.get<std::string>("subject_type"),
                   .subject_id = row.get<std::optional<SubjectId>>("subject_id"),
                   .before = json_of(row, "before"),
                   .after = json_of(row, "after"),
                   .request_id = row.get<std::optional<std::string>>("request_id"),
                   .ip = row.get<std::optional<std::string>>("ip")};
  if (const auto actor = row.get<std::optional<UserId>>("actor_user_id"))
    entry.actor = AuditActor{*actor, row.get<std::string>("actor_name"), row.get<std::string>("actor_role")};
  return entry;
}

}  // namespace

std::span<const Statement> audit_list_statements() { return kStatements; }

Awaitable<std::vector<AuditEntry>> AuditRepository::list(WorkshopId workshop, AuditFilter filter) {
  auto& pool = database_.here();
  const postgres::Rows rows =
      filter.actor ? co_await pool.read(workshop, kListOfActor, filter.subject, filter.subject_id, filter.action,
                                        filter.from, filter.to, filter.before, filter.limit, *filter.actor)
                   : co_await pool.read(workshop, kList, filter.subject, filter.subject_id, filter.action, filter.from,
                                        filter.to, filter.before, filter.limit);
  std::vector<AuditEntry> entries;
  for (const Row row : rows) entries.push_back(entry_of(row));
  co_return entries;
}

}  // namespace pitview::audit
