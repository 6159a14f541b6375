#include "jobs/job_notes.h"

#include <array>

#include "audit/audit_log.h"
#include "jobs/jobs_repository.h"
#include "pitview/json/write.h"

namespace pitview::jobs {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;

// A row without a note: the job is there and has none. $4: for a customer.
constexpr Statement kList{"list_job_notes", R"sql(
  SELECT n.id, n.author_id, u.display_name, n.text, n.visible_to_customer, n.created_at
  FROM jobs j LEFT JOIN (
    SELECT * FROM job_notes
    WHERE job_id = $3 AND (visible_to_customer OR NOT $4::boolean) AND ($5::bigint IS NULL OR id < $5)
    ORDER BY id DESC LIMIT $6) n ON true
  LEFT JOIN users u ON u.id = n.author_id
  WHERE j.id = $3 AND)sql" PITVIEW_JOB_ACCESS "ORDER BY n.id DESC"};

constexpr Statement kAdd{"add_job_note", R"sql(
  WITH added AS (
    INSERT INTO job_notes (workshop_id, job_id, author_id, text, visible_to_customer, created_at)
    SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM job_notes WHERE job_id = $2) < $7
    RETURNING id, author_id)
  SELECT added.id, u.display_name FROM added JOIN users u ON u.id = added.author_id)sql"};

constexpr std::array kStatements = {kList, kAdd};

}  // namespace

std::span<const Statement> job_note_statements() { return kStatements; }

Awaitable<Result<std::vector<JobNote>>> JobNotes::list(Principal principal, JobId job, std::optional<NoteId> before,
                                                       int limit) {
  const JobAccess access = JobAccess::of(principal);
  const Rows rows = co_await database_.here().read(principal.workshop, kList, access.customer, access.operator_, job,
                                                   principal.role == Role::customer, before, limit);
  if (rows.empty()) co_return no_such_job();
  std::vector<JobNote> notes;
  for (const Row row : rows)
    if (const auto id = row.get<std::optional<std::int64_t>>("id"))
      notes.push_back({.id = NoteId(*id),
                       .job_id = job,
                       .author = {row.get<UserId>("author_id"), row.get<std::string>("display_name")},
                       .text = row.get<std::string>("text"),
                       .visible_to_customer = row.get<bool>("visible_to_customer"),
                       .created_at = row.get<Timestamp>("created_at")});
  co_return notes;
}

Awaitable<Result<JobNote>> JobNotes::add(audit::Actor actor, JobId job, std::string text, bool visible_to_customer) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await database_.here().begin(workshop);
  // Locked, because who counts must not be overtaken.
  if (!co_await JobsRepository::lock(tx, JobAccess::of(actor.principal), job)) co_return no_such_job();
  JobNote note{.job_id = job,
               .author = {actor.principal.user, {}},
               .text = std::move(text),
               .visible_to_customer = visible_to_customer,
               .created_at = clock_.now()};
  const auto added = (co_await tx.query(kAdd, workshop, job, note.author.id, note.text, note.visible_to_customer,
                                        note.created_at, kMaxOfAJob))
                         .first();
  if (!added) co_return Error{Errc::conflict, "A job has at most 500 notes.", {}, 0};
  note.id = added->get<NoteId>("id");
  note.author.name = added->get<std::string>("display_name");
  co_await audit::record(tx, workshop, actor,
                         {.action = "job.note", .subject = "job", .subject_id = job.value, .after = json::write(note)});
  co_await tx.commit();
  co_return note;
}

}  // namespace pitview::jobs
