#include "pits/pit_endpoints.h"

namespace pitview::pits {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct PitPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(PitPath, (), (id))

namespace {

class PitEndpoints {
 public:
  explicit PitEndpoints(PitViews& views) : views_(views) {}

  Awaitable<Result<std::vector<Pit>>> list(Caller& caller) {
    Scope scope = co_await views_.scope_of(caller.principal);
    co_return co_await views_.list(caller.principal, std::move(scope));
  }

  Awaitable<Result<Pit>> find(Caller& caller, PitId id) {
    Scope scope = co_await views_.scope_of(caller.principal);
    for (Pit& pit : co_await views_.list(caller.principal, std::move(scope)))
      if (pit.id == id) co_return std::move(pit);
    co_return Error{Errc::not_found, "There is no such pit.", {}, 0};
  }

 private:
  PitViews& views_;
};

}  // namespace

void add_pit_endpoints(api::Api& api, PitViews& views) {
  const auto pits = std::make_shared<PitEndpoints>(views);

  api.add<Nothing, Nothing, Nothing, std::vector<Pit>>(
      {.method = Method::get,
       .path = "/api/pits",
       .needs = Needs(Permission::pits_read),
       .id = "list_pits",
       .summary = "The pits one may see, with device, newest reading and running job",
       .tag = "pits",
       .description =
           "Owners and managers: all. Operators: the permitted ones. Customers: the pit where their car is being "
           "worked on."},
      [pits](Caller& caller, auto) { return pits->list(caller); });

  api.add<PitPath, Nothing, Nothing, Pit>(
      {.method = Method::get,
       .path = "/api/pits/{id}",
       .needs = Needs(Permission::pits_read),
       .id = "get_pit",
       .summary = "One pit",
       .tag = "pits",
       .problems = {Errc::not_found}},
      [pits](Caller& caller, auto input) { return pits->find(caller, input.path.id); });
}

}  // namespace pitview::pits
