#include "audit/audit_log.h"

#include <array>

namespace pitview::audit {
namespace {

constexpr postgres::Statement kRecord{"record_audit_entry", R"sql(
  INSERT INTO audit_log (workshop_id, actor_user_id, action, subject_type, subject_id, before, after, request_id, ip)
  VALUES ($1, nullif($2::bigint, 0), $3, $4, $5, $6::jsonb, $7::jsonb, nullif($8, ''), nullif($9, '')::inet))sql"};

constexpr std::array kStatements = {kRecord};

}  // namespace

std::span<const postgres::Statement> audit_statements() { return kStatements; }

Awaitable<> record(postgres::Transaction& tx, WorkshopId workshop, Actor actor, Entry entry) {
  // What is in the log can never be removed, but a customer's address must be, when asked.
  const std::string_view ip = actor.principal.role == Role::customer ? std::string_view() : std::string_view(actor.ip);
  co_await tx.execute(kRecord, workshop, actor.principal.user, entry.action, entry.subject, entry.subject_id,
                      entry.before, entry.after, actor.request_id, ip);
}

}  // namespace pitview::audit
