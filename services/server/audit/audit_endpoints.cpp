#include "audit/audit_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"

namespace pitview::audit {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct AuditQuery {
  std::optional<WorkshopId> workshop_id;
  std::optional<json::Text<1, 50>> subject;
  std::optional<SubjectId> subject_id;
  std::optional<UserId> actor;
  std::optional<json::Text<1, 80>> action;
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::optional<EntryId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(AuditQuery, (), (workshop_id, subject, subject_id, actor, action, from, to, cursor, limit))

namespace {

AuditFilter filter_of(const AuditQuery& query) {
  AuditFilter filter{.subject_id = query.subject_id,
                     .actor = query.actor,
                     .from = query.from,
                     .to = query.to,
                     .before = query.cursor,
                     .limit = api::limit_of(query.limit)};
  if (query.subject) filter.subject = query.subject->value;
  if (query.action) filter.action = query.action->value;
  return filter;
}

Awaitable<Result<std::vector<AuditEntry>>> list(AuditRepository& log, Caller& caller, AuditQuery query) {
  const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
  if (!workshop) co_return workshop.error();
  if (query.from && query.to && *query.from >= *query.to) co_return api::invalid("to", "must lie after from");
  const AuditFilter filter = filter_of(query);
  std::vector<AuditEntry> entries = co_await log.list(*workshop, filter);
  if (static_cast<int>(entries.size()) == filter.limit) api::add_next_link(caller, entries.back().id.value);
  co_return entries;
}

}  // namespace

void add_audit_endpoints(api::Api& api, AuditRepository& log) {
  api.add<Nothing, AuditQuery, Nothing, std::vector<AuditEntry>>(
      {.method = Method::get,
       .path = "/api/audit",
       .needs = Needs(Permission::audit_read),
       .id = "list_audit_log",
       .summary = "Who did what to what, the newest first",
       .tag = "audit",
       .description = "With before and after where something changed. Sign-ins, refused ones and lockouts are in it: "
                      "actions auth.*. The next page is in the Link header."},
      [&log](Caller& caller, auto input) { return list(log, caller, std::move(input.query)); });
}

}  // namespace pitview::audit
