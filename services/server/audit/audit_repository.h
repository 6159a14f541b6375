// Reading the audit log of a workshop.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "pitview/base/time.h"
#include "pitview/json/types.h"

namespace pitview::audit {

using EntryId = StrongId<struct EntryTag>;
using SubjectId = StrongId<struct SubjectTag>;  // of whatever the subject is

struct AuditActor {
  UserId id;
  std::string name;  // "PitView" for the platform's own people in a workshop
  std::string role;
};
BOOST_DESCRIBE_STRUCT(AuditActor, (), (id, name, role))

struct AuditEntry {
  EntryId id;
  Timestamp at;
  std::optional<AuditActor> actor;  // null: the system, or somebody who was not let in
  std::string action;
  std::string subject;
  std::optional<SubjectId> subject_id;
  std::optional<json::Raw> before;  // what a change concerns, as it was
  std::optional<json::Raw> after;
  std::optional<std::string> request_id;
  std::optional<std::string> ip;
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (), (id, at, actor, action, subject, subject_id, before, after, request_id, ip))

struct AuditFilter {
  std::optional<std::string> subject;
  std::optional<SubjectId> subject_id;
  std::optional<UserId> actor;
  std::optional<std::string> action;
  std::optional<Timestamp> from;  // included
  std::optional<Timestamp> to;    // not included
  std::optional<EntryId> before;
  int limit = 50;
};

class AuditRepository {
 public:
  explicit AuditRepository(app::Database& database) : database_(database) {}

  // The newest first.
  Awaitable<std::vector<AuditEntry>> list(WorkshopId workshop, AuditFilter filter);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> audit_list_statements();

}  // namespace pitview::audit
