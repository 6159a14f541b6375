// The flows of work types: each change is one transaction with its audit row.
#pragma once

#include "audit/actor.h"
#include "pitview/base/result.h"
#include "work_types/work_types_repository.h"

namespace pitview::work_types {

class WorkTypeService {
 public:
  static constexpr int kMaxOfAWorkshop = 100;

  explicit WorkTypeService(WorkTypesRepository& repository) : repository_(repository) {}

  Awaitable<std::vector<WorkType>> list(Principal principal, std::optional<WorkTypeId> after, int limit);
  // not_found.
  Awaitable<Result<WorkType>> find(Principal principal, WorkTypeId id);

  // conflict: the name is taken, or there are kMaxOfAWorkshop; validation_failed: bands.
  Awaitable<Result<WorkType>> create(audit::Actor actor, WorkType work);
  // As create(), and not_found.
  Awaitable<Result<WorkType>> replace(audit::Actor actor, WorkType work);
  // not_found. Jobs have their copy and go on.
  Awaitable<Result<>> remove(audit::Actor actor, WorkTypeId id);

 private:
  WorkTypesRepository& repository_;
};

}  // namespace pitview::work_types
