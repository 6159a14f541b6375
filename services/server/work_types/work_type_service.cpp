#include "work_types/work_type_service.h"

#include "audit/audit_log.h"
#include "pitview/json/write.h"

namespace pitview::work_types {
namespace {

Error no_such_work_type() { return {Errc::not_found, "There is no such work type.", {}, 0}; }
Error name_is_taken() { return {Errc::conflict, "There is a work type of that name already.", {}, 0}; }

// A stage is judged with what it takes from its work type.
std::vector<FieldProblem> faults_of(const WorkType& work) {
  std::vector<FieldProblem> faults;
  find_faults(work.spec, "spec", faults);
  const AirSpec of_type = faults.empty() ? work.spec : AirSpec{};
  for (std::size_t i = 0; i < work.stages.size(); ++i)
    find_faults(work.stages[i].spec.over(of_type), "stages[" + std::to_string(i) + "].spec", faults);
  return faults;
}

audit::Entry entry(const char* action, WorkTypeId id) {
  return {.action = action, .subject = "work_type", .subject_id = id.value};
}

}  // namespace

Awaitable<std::vector<WorkType>> WorkTypeService::list(Principal principal, std::optional<WorkTypeId> after,
                                                       int limit) {
  return repository_.list(principal.workshop, after, limit);
}

Awaitable<Result<WorkType>> WorkTypeService::find(Principal principal, WorkTypeId id) {
  auto found = co_await repository_.find(principal.workshop, id);
  if (!found) co_return no_such_work_type();
  co_return std::move(*found);
}

Awaitable<Result<WorkType>> WorkTypeService::create(audit::Actor actor, WorkType work) {
  if (auto faults = faults_of(work); !faults.empty())
    co_return Error{Errc::validation_failed, "The request has a fault.", std::move(faults), 0};
  const WorkshopId workshop = work.workshop_id = actor.principal.workshop;
  auto tx = co_await repository_.begin(workshop);
  co_await WorkTypesRepository::lock_list(tx, workshop);
  if (co_await WorkTypesRepository::count(tx) >= kMaxOfAWorkshop)
    co_return Error{Errc::conflict, "A workshop has at most 100 work types. Delete one first.", {}, 0};
  if (co_await WorkTypesRepository::is_taken(tx, work.name, {})) co_return name_is_taken();
  work.id = co_await WorkTypesRepository::insert(tx, work);
  audit::Entry made = entry("work_type.create", work.id);
  made.after = json::write(work);
  co_await audit::record(tx, workshop, actor, std::move(made));
  co_await tx.commit();
  co_return work;
}

Awaitable<Result<WorkType>> WorkTypeService::replace(audit::Actor actor, WorkType work) {
  if (auto faults = faults_of(work); !faults.empty())
    co_return Error{Errc::validation_failed, "The request has a fault.", std::move(faults), 0};
  const WorkshopId workshop = work.workshop_id = actor.principal.workshop;
  auto tx = co_await repository_.begin(workshop);
  co_await WorkTypesRepository::lock_list(tx, workshop);
  const auto before = co_await WorkTypesRepository::find(tx, work.id);
  if (!before) co_return no_such_work_type();
  if (co_await WorkTypesRepository::is_taken(tx, work.name, work.id)) co_return name_is_taken();
  co_await WorkTypesRepository::replace(tx, work);
  audit::Entry changed = entry("work_type.change", work.id);
  changed.before = json::write(*before);
  changed.after = json::write(work);
  co_await audit::record(tx, workshop, actor, std::move(changed));
  co_await tx.commit();
  co_return work;
}

Awaitable<Result<>> WorkTypeService::remove(audit::Actor actor, WorkTypeId id) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await repository_.begin(workshop);
  co_await WorkTypesRepository::lock_list(tx, workshop);
  const auto before = co_await WorkTypesRepository::find(tx, id);
  if (!before) co_return no_such_work_type();
  co_await WorkTypesRepository::remove(tx, id);
  audit::Entry removed = entry("work_type.delete", id);
  removed.before = json::write(*before);
  co_await audit::record(tx, workshop, actor, std::move(removed));
  co_await tx.commit();
  co_return Done{};
}

}  // namespace pitview::work_types
