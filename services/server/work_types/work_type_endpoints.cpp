#include "work_types/work_type_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::work_types {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct WorkTypePath {
  WorkTypeId id;
};
BOOST_DESCRIBE_STRUCT(WorkTypePath, (), (id))

struct WorkTypeQuery {
  std::optional<WorkTypeId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(WorkTypeQuery, (), (cursor, limit))

struct WorkTypeStageBody {
  json::Text<1, 80> name;
  json::Int<1, 1000> weight;
  std::optional<json::Text<0, 300>> sentence;
  std::optional<AirSpec> spec;
};
BOOST_DESCRIBE_STRUCT(WorkTypeStageBody, (), (name, weight, sentence, spec))

struct WorkTypeBody {
  json::Text<1, 80> name;
  std::optional<json::Int<1, 43200>> default_minutes;
  std::optional<AirSpec> spec;
  std::vector<WorkTypeStageBody> stages;
};
BOOST_DESCRIBE_STRUCT(WorkTypeBody, (), (name, default_minutes, spec, stages))

namespace {

constexpr std::size_t kMaxStages = 50;
// Fifty stages with sentences of 300 characters of three bytes each.
constexpr std::size_t kBodyLimit = std::size_t{128} * 1024;

Result<WorkType> work_type_of(WorkTypeBody body, WorkTypeId id) {
  if (body.stages.empty() || body.stages.size() > kMaxStages) return api::invalid("stages", "must be 1 to 50 stages");
  WorkType work{.id = id, .name = std::move(body.name.value), .spec = body.spec.value_or(AirSpec{})};
  if (body.default_minutes) work.default_minutes = static_cast<int>(body.default_minutes->value);
  for (WorkTypeStageBody& stage : body.stages)
    work.stages.push_back({.position = static_cast<int>(work.stages.size()) + 1,
                           .name = std::move(stage.name.value),
                           .weight = static_cast<int>(stage.weight.value),
                           .sentence = stage.sentence ? std::move(stage.sentence->value) : std::string(),
                           .spec = stage.spec.value_or(AirSpec{})});
  return work;
}

class WorkTypeEndpoints {
 public:
  explicit WorkTypeEndpoints(WorkTypeService& service) : service_(service) {}

  Awaitable<Result<std::vector<WorkType>>> list(Caller& caller, WorkTypeQuery query) {
    const int limit = api::limit_of(query.limit);
    std::vector<WorkType> all = co_await service_.list(caller.principal, query.cursor, limit);
    if (static_cast<int>(all.size()) == limit) api::add_next_link(caller, all.back().id.value);
    co_return all;
  }

  Awaitable<Result<WorkType>> find(Caller& caller, WorkTypeId id) { return service_.find(caller.principal, id); }

  Awaitable<Result<WorkType>> create(Caller& caller, WorkTypeBody body) {
    Result<WorkType> work = work_type_of(std::move(body), {});
    if (!work) co_return work;
    co_return co_await service_.create(audit::actor_of(caller), std::move(*work));
  }

  Awaitable<Result<WorkType>> replace(Caller& caller, WorkTypeId id, WorkTypeBody body) {
    Result<WorkType> work = work_type_of(std::move(body), id);
    if (!work) co_return work;
    co_return co_await service_.replace(audit::actor_of(caller), std::move(*work));
  }

  Awaitable<Result<Nothing>> remove(Caller& caller, WorkTypeId id) {
    const Result<> removed = co_await service_.remove(audit::actor_of(caller), id);
    if (!removed) co_return removed.error();
    co_return Nothing{};
  }

 private:
  WorkTypeService& service_;
};

}  // namespace

void add_work_type_endpoints(api::Api& api, WorkTypeService& service) {
  const auto work_types = std::make_shared<WorkTypeEndpoints>(service);

  api.add<Nothing, WorkTypeQuery, Nothing, std::vector<WorkType>>(
      {.method = Method::get,
       .path = "/api/work-types",
       .needs = Needs(Permission::templates_read),
       .id = "list_work_types",
       .summary = "The kinds of work of the workshop, with their stages",
       .tag = "work types",
       .description = "The next page is in the Link header."},
      [work_types](Caller& caller, auto input) { return work_types->list(caller, input.query); });

  api.add<Nothing, Nothing, WorkTypeBody, WorkType>(
      {.method = Method::post,
       .path = "/api/work-types",
       .needs = Needs(Permission::templates_manage),
       .id = "create_work_type",
       .summary = "Add a kind of work",
       .tag = "work types",
       .description = "1 to 50 stages in their order. Without default_minutes whoever books a job says how long it "
                      "takes. A band of a stage wins over that of the work type; one that is null is not judged. A "
                      "workshop has at most 100 work types, each with a name of its own.",
       .status = 201,
       .problems = {Errc::conflict},
       .body_limit = kBodyLimit},
      [work_types](Caller& caller, auto input) { return work_types->create(caller, std::move(input.body)); });

  api.add<WorkTypePath, Nothing, Nothing, WorkType>(
      {.method = Method::get,
       .path = "/api/work-types/{id}",
       .needs = Needs(Permission::templates_read),
       .id = "get_work_type",
       .summary = "One kind of work",
       .tag = "work types",
       .problems = {Errc::not_found}},
      [work_types](Caller& caller, auto input) { return work_types->find(caller, input.path.id); });

  api.add<WorkTypePath, Nothing, WorkTypeBody, WorkType>(
      {.method = Method::put,
       .path = "/api/work-types/{id}",
       .needs = Needs(Permission::templates_manage),
       .id = "replace_work_type",
       .summary = "Change a kind of work, all of it",
       .tag = "work types",
       .description = "Jobs that are there keep what they were created with.",
       .problems = {Errc::not_found, Errc::conflict},
       .body_limit = kBodyLimit},
      [work_types](Caller& caller, auto input) {
        return work_types->replace(caller, input.path.id, std::move(input.body));
      });

  api.add<WorkTypePath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/work-types/{id}",
       .needs = Needs(Permission::templates_manage),
       .id = "delete_work_type",
       .summary = "Delete a kind of work",
       .tag = "work types",
       .description = "Jobs that are there keep what they were created with.",
       .status = 204,
       .problems = {Errc::not_found}},
      [work_types](Caller& caller, auto input) { return work_types->remove(caller, input.path.id); });
}

}  // namespace pitview::work_types
