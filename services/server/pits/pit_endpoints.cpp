#include "pits/pit_endpoints.h"

#include "pitview/json/types.h"

namespace pitview::pits {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct PitPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(PitPath, (), (id))

using PitNumber = json::Int<1, 999>;
using PitName = json::Text<1, 100>;

struct PitCreate {
  std::optional<PitNumber> pit_number;
  std::optional<PitName> name;
};
BOOST_DESCRIBE_STRUCT(PitCreate, (), (pit_number, name))

BOOST_DEFINE_ENUM_CLASS(PitStatus, active, disabled, maintenance)

struct PitUpdate {
  std::optional<PitNumber> pit_number;
  std::optional<PitName> name;
  std::optional<PitStatus> status;
};
BOOST_DESCRIBE_STRUCT(PitUpdate, (), (pit_number, name, status))

struct CameraChange {
  std::optional<json::Text<1, 100>> model;
  std::optional<json::Text<7, 15>> ip;
  std::optional<json::Secret<1, 500>> rtsp_url;
};
BOOST_DESCRIBE_STRUCT(CameraChange, (), (model, ip, rtsp_url))

namespace {

template <class Wrapped>
std::optional<std::string> text_of(std::optional<Wrapped> value) {
  if (!value) return std::nullopt;
  return std::move(value->value);
}

std::optional<int> number_of(const std::optional<PitNumber>& value) {
  if (!value) return std::nullopt;
  return static_cast<int>(value->value);
}

std::optional<std::string> name_of(const std::optional<PitStatus>& status) {
  if (!status) return std::nullopt;
  return std::string(json::enum_name(*status));
}

class PitEndpoints {
 public:
  PitEndpoints(PitViews& views, PitService& service) : views_(views), service_(service) {}

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

  Awaitable<Result<Pit>> create(Caller& caller, PitCreate body) {
    const Result<PitId> made =
        co_await service_.create(audit::actor_of(caller), {number_of(body.pit_number), text_of(std::move(body.name))});
    if (!made) co_return made.error();
    co_return co_await find(caller, *made);
  }

  Awaitable<Result<Pit>> change(Caller& caller, PitId id, PitUpdate body) {
    PitChange change{number_of(body.pit_number), text_of(std::move(body.name)), name_of(body.status)};
    const Result<> changed = co_await service_.change(audit::actor_of(caller), id, std::move(change));
    if (!changed) co_return changed.error();
    co_return co_await find(caller, id);
  }

  Awaitable<Result<Camera>> camera(Caller& caller, PitId id) { return service_.camera(caller.principal, id); }

  Awaitable<Result<Camera>> set_camera(Caller& caller, PitId id, CameraChange body) {
    NewCamera camera{text_of(std::move(body.model)), text_of(std::move(body.ip)), text_of(std::move(body.rtsp_url))};
    return service_.set_camera(audit::actor_of(caller), id, std::move(camera));
  }

  Awaitable<Result<Nothing>> remove_camera(Caller& caller, PitId id) {
    const Result<> removed = co_await service_.remove_camera(audit::actor_of(caller), id);
    if (!removed) co_return removed.error();
    co_return Nothing{};
  }

 private:
  PitViews& views_;
  PitService& service_;
};

}  // namespace

void add_pit_endpoints(api::Api& api, PitViews& views, PitService& service) {
  const auto pits = std::make_shared<PitEndpoints>(views, service);

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

  api.add<Nothing, Nothing, PitCreate, Pit>(
      {.method = Method::post,
       .path = "/api/pits",
       .needs = Needs(Permission::pits_manage),
       .id = "create_pit",
       .summary = "Add a pit",
       .tag = "pits",
       .description = "Without a number it gets the next one.",
       .status = 201,
       .problems = {Errc::conflict}},
      [pits](Caller& caller, auto input) { return pits->create(caller, std::move(input.body)); });

  api.add<PitPath, Nothing, PitUpdate, Pit>(
      {.method = Method::patch,
       .path = "/api/pits/{id}",
       .needs = Needs(Permission::pits_manage),
       .id = "update_pit",
       .summary = "Change number, name or status of a pit",
       .tag = "pits",
       .description = "disabled removes the pit from work and keeps its history; conflict while a job waits or runs "
                      "there, or when the number is taken. A device at the pit is told its new number.",
       .problems = {Errc::not_found, Errc::conflict}},
      [pits](Caller& caller, auto input) { return pits->change(caller, input.path.id, std::move(input.body)); });

  api.add<PitPath, Nothing, Nothing, Camera>(
      {.method = Method::get,
       .path = "/api/pits/{id}/camera",
       .needs = Needs(Permission::pits_manage),
       .id = "get_camera",
       .summary = "The camera of a pit, without its credentials",
       .tag = "pits",
       .problems = {Errc::not_found}},
      [pits](Caller& caller, auto input) { return pits->camera(caller, input.path.id); });

  api.add<PitPath, Nothing, CameraChange, Camera>(
      {.method = Method::put,
       .path = "/api/pits/{id}/camera",
       .needs = Needs(Permission::pits_manage),
       .id = "set_camera",
       .summary = "Set the camera of a pit",
       .tag = "pits",
       .description = "rtsp_url is kept encrypted and never given back. It is rtsp:// or rtsps:// with an IPv4 address "
                      "in a network of workshops' cameras (cameras.networks), with credentials, port and path as "
                      "needed. ip alone means port 554 and the path /Streaming/Channels/101.",
       .problems = {Errc::not_found}},
      [pits](Caller& caller, auto input) { return pits->set_camera(caller, input.path.id, std::move(input.body)); });

  api.add<PitPath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/pits/{id}/camera",
       .needs = Needs(Permission::pits_manage),
       .id = "delete_camera",
       .summary = "Take the camera away from a pit",
       .tag = "pits",
       .status = 204,
       .problems = {Errc::not_found}},
      [pits](Caller& caller, auto input) { return pits->remove_camera(caller, input.path.id); });
}

}  // namespace pitview::pits
