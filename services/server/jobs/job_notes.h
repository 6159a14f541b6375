// What staff writes about a job, for each other or for the customer.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "audit/actor.h"
#include "jobs/job.h"
#include "pitview/base/result.h"

namespace pitview::jobs {

using NoteId = StrongId<struct NoteTag>;

struct JobNote {
  NoteId id;
  JobId job_id;
  StaffMember author;
  std::string text;
  bool visible_to_customer = false;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(JobNote, (), (id, job_id, author, text, visible_to_customer, created_at))

class JobNotes {
 public:
  static constexpr int kMaxOfAJob = 500;

  JobNotes(app::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // The newest first, those before `before`; customers get what is meant for them. not_found.
  Awaitable<Result<std::vector<JobNote>>> list(Principal principal, JobId job, std::optional<NoteId> before, int limit);
  // not_found, conflict (kMaxOfAJob).
  Awaitable<Result<JobNote>> add(audit::Actor actor, JobId job, std::string text, bool visible_to_customer);

 private:
  app::Database& database_;
  const Clock& clock_;
};

std::span<const postgres::Statement> job_note_statements();

}  // namespace pitview::jobs
