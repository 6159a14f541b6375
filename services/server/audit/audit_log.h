// Who did what to what. An entry is written in the transaction of the change it
// tells of, so that there is never one without the other; the server's database
// role can add and read entries and neither change nor delete them.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "audit/actor.h"
#include "pitview/postgres/pool.h"

namespace pitview::audit {

struct Entry {
  std::string action;   // of a-z, 0-9, _ and ., up to 80: "job.status"
  std::string subject;  // of a-z, 0-9 and _, up to 50: "job"
  std::int64_t subject_id = 0;
  std::optional<std::string> before = std::nullopt;  // JSON without secrets
  std::optional<std::string> after = std::nullopt;
};

// `workshop` is the one of the transaction and of the subject.
Awaitable<> record(postgres::Transaction& tx, WorkshopId workshop, Actor actor, Entry entry);

std::span<const postgres::Statement> audit_statements();

}  // namespace pitview::audit
