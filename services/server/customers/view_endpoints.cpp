#include "api/paging.h"
#include "customers/customers_endpoints.h"
#include "pitview/json/types.h"

namespace pitview::customers {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct ViewedJobPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(ViewedJobPath, (), (id))

struct ViewedPitPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(ViewedPitPath, (), (id))

struct ViewQuery {
  std::optional<bool> watching;
  std::optional<ViewId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(ViewQuery, (), (watching, cursor, limit))

namespace {

class ViewEndpoints {
 public:
  explicit ViewEndpoints(ViewsRepository& views) : views_(views) {}

  Awaitable<Result<std::vector<View>>> of_job(Caller& caller, JobId job, ViewQuery query) {
    if (!co_await views_.job_exists(caller.principal.workshop, job))
      co_return Error{Errc::not_found, "There is no such job.", {}, 0};
    ViewFilter filter{.job = job};
    co_return co_await list(caller, filter, query);
  }

  Awaitable<Result<std::vector<View>>> at_pit(Caller& caller, PitId pit, ViewQuery query) {
    if (!co_await views_.pit_exists(caller.principal.workshop, pit))
      co_return Error{Errc::not_found, "There is no such pit.", {}, 0};
    ViewFilter filter{.pit = pit};
    co_return co_await list(caller, filter, query);
  }

 private:
  Awaitable<std::vector<View>> list(Caller& caller, ViewFilter filter, ViewQuery query) {
    filter.watching = query.watching;
    filter.before = query.cursor;
    filter.limit = api::limit_of(query.limit);
    std::vector<View> views = co_await views_.list(caller.principal.workshop, filter);
    if (static_cast<int>(views.size()) == filter.limit) api::add_next_link(caller, views.back().id.value);
    co_return views;
  }

  ViewsRepository& views_;
};

}  // namespace

void add_view_endpoints(api::Api& api, ViewsRepository& repository) {
  const auto views = std::make_shared<ViewEndpoints>(repository);

  api.add<ViewedJobPath, ViewQuery, Nothing, std::vector<View>>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/viewers",
       .needs = Needs(Permission::customers_read),
       .id = "list_job_viewers",
       .summary = "Who looks at a job, and who did",
       .tag = "customers",
       .description = "The newest first; watching=true for who does now. One entry per sign-in: two telephones of one "
                      "customer are two.",
       .problems = {Errc::not_found}},
      [views](Caller& caller, auto input) { return views->of_job(caller, input.path.id, input.query); });

  api.add<ViewedPitPath, ViewQuery, Nothing, std::vector<View>>(
      {.method = Method::get,
       .path = "/api/pits/{id}/viewers",
       .needs = Needs(Permission::customers_read),
       .id = "list_pit_viewers",
       .summary = "Who looks at the jobs of a pit, and who did",
       .tag = "customers",
       .problems = {Errc::not_found}},
      [views](Caller& caller, auto input) { return views->at_pit(caller, input.path.id, input.query); });
}

}  // namespace pitview::customers
