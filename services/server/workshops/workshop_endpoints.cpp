#include "workshops/workshop_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::workshops {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct WorkshopPath {
  WorkshopId id;
};
BOOST_DESCRIBE_STRUCT(WorkshopPath, (), (id))

struct WorkshopQuery {
  std::optional<BillingState> status;
  std::optional<WorkshopId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(WorkshopQuery, (), (status, cursor, limit))

BOOST_DEFINE_ENUM_CLASS(WorkshopPlan, basic, standard, premium)
BOOST_DEFINE_ENUM_CLASS(WorkshopLanguage, en, hi)

using WorkshopName = json::Text<1, 100>;
using WorkshopAddress = json::Lines<0, 500>;

struct WorkshopCreate {
  WorkshopName name;
  json::Text<1, 120> owner_name;
  json::Email owner_email;
  json::Phone owner_phone;
  std::optional<WorkshopAddress> address;
  json::Int<1, 100> pits;
  std::optional<WorkshopPlan> plan;
  std::optional<json::Text<1, 64>> timezone;
  std::optional<WorkshopLanguage> language;
  std::optional<Timestamp> trial_ends_at;
};
BOOST_DESCRIBE_STRUCT(WorkshopCreate, (),
                      (name, owner_name, owner_email, owner_phone, address, pits, plan, timezone, language,
                       trial_ends_at))

struct OwnerCredentials {
  std::string username;
  std::string password;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(OwnerCredentials, (), (username, password, expires_at))

struct WorkshopCreated {
  WorkshopAccount workshop;
  OwnerCredentials owner_credentials;
};
BOOST_DESCRIBE_STRUCT(WorkshopCreated, (), (workshop, owner_credentials))

struct WorkshopUpdate {
  std::optional<WorkshopName> name;
  std::optional<WorkshopAddress> address;
  std::optional<json::Phone> phone;
  std::optional<WorkshopPlan> plan;
  std::optional<BillingState> status;
  std::optional<json::Text<0, 200>> reason;
  std::optional<Timestamp> subscription_expires_at;
};
BOOST_DESCRIBE_STRUCT(WorkshopUpdate, (), (name, address, phone, plan, status, reason, subscription_expires_at))

struct WorkshopReason {
  json::Text<1, 200> reason;
};
BOOST_DESCRIBE_STRUCT(WorkshopReason, (), (reason))

struct SettingsUpdate {
  std::optional<WorkshopName> name;
  std::optional<WorkshopAddress> address;
  std::optional<json::Phone> phone;
  std::optional<json::Text<1, 64>> timezone;
  std::optional<WorkshopLanguage> language;
  std::optional<std::vector<OpenHours>> working_hours;
  std::optional<double> baseline_calls_per_job;
  std::optional<json::Int<1, 90>> recording_days;
  std::optional<bool> record_always;
};
BOOST_DESCRIBE_STRUCT(SettingsUpdate, (),
                      (name, address, phone, timezone, language, working_hours, baseline_calls_per_job, recording_days,
                       record_always))

namespace {

constexpr double kMaxCalls = 100;

template <class Wrapped>
std::optional<std::string> text_of(std::optional<Wrapped> value) {
  if (!value) return std::nullopt;
  return std::move(value->value);
}

template <class Enum>
std::optional<std::string> name_in(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string(json::enum_name(*value));
}

class WorkshopEndpoints {
 public:
  explicit WorkshopEndpoints(WorkshopService& service) : service_(service) {}

  Awaitable<Result<std::vector<WorkshopAccount>>> list(Caller& caller, WorkshopQuery query) {
    const int limit = api::limit_of(query.limit);
    std::vector<WorkshopAccount> found = co_await service_.list(name_in(query.status), query.cursor, limit);
    if (static_cast<int>(found.size()) == limit) api::add_next_link(caller, found.back().id.value);
    co_return found;
  }

  Awaitable<Result<WorkshopAccount>> find(Caller&, WorkshopId id) { return service_.find(id); }

  Awaitable<Result<WorkshopCreated>> create(Caller& caller, WorkshopCreate body) {
    WorkshopRequest request{.name = std::move(body.name.value),
                            .owner_name = std::move(body.owner_name.value),
                            .owner_email = std::move(body.owner_email.value),
                            .owner_phone = std::move(body.owner_phone.value),
                            .address = text_of(std::move(body.address)).value_or(""),
                            .pits = static_cast<int>(body.pits.value),
                            .plan = name_in(body.plan).value_or("basic"),
                            .timezone = text_of(std::move(body.timezone)).value_or("Asia/Kolkata"),
                            .language = name_in(body.language).value_or("en"),
                            .trial_ends_at = body.trial_ends_at};
    Result<NewWorkshop> made = co_await service_.create(audit::actor_of(caller), std::move(request));
    if (!made) co_return std::move(made).error();
    caller.headers.emplace_back("Cache-Control", "no-store");
    co_return WorkshopCreated{std::move(made->workshop),
                              {std::move(made->username), std::move(made->password), made->password_expires_at}};
  }

  Awaitable<Result<WorkshopAccount>> change(Caller& caller, WorkshopId id, WorkshopUpdate body) {
    WorkshopChange change{.name = text_of(std::move(body.name)),
                          .address = text_of(std::move(body.address)),
                          .phone = text_of(std::move(body.phone)),
                          .plan = name_in(body.plan),
                          .status = body.status,
                          .reason = text_of(std::move(body.reason)),
                          .subscription_expires_at = body.subscription_expires_at};
    return service_.change(audit::actor_of(caller), id, std::move(change));
  }

  Awaitable<Result<WorkshopAccount>> suspend(Caller& caller, WorkshopId id, WorkshopReason body) {
    return service_.suspend(audit::actor_of(caller), id, std::move(body.reason.value));
  }

  Awaitable<Result<WorkshopAccount>> resume(Caller& caller, WorkshopId id, WorkshopReason body) {
    return service_.resume(audit::actor_of(caller), id, std::move(body.reason.value));
  }

  Awaitable<Result<WorkshopSettings>> settings(Caller& caller) { return service_.settings(caller.principal.workshop); }

  Awaitable<Result<WorkshopSettings>> change_settings(Caller& caller, SettingsUpdate body) {
    if (body.baseline_calls_per_job && (*body.baseline_calls_per_job < 0 || *body.baseline_calls_per_job > kMaxCalls))
      co_return api::invalid("baseline_calls_per_job", "must be 0 to 100");
    SettingsChange change{.name = text_of(std::move(body.name)),
                          .address = text_of(std::move(body.address)),
                          .phone = text_of(std::move(body.phone)),
                          .timezone = text_of(std::move(body.timezone)),
                          .language = name_in(body.language),
                          .working_hours = std::move(body.working_hours),
                          .baseline_calls_per_job = body.baseline_calls_per_job,
                          .record_always = body.record_always};
    if (body.recording_days) change.recording_days = static_cast<int>(body.recording_days->value);
    co_return co_await service_.change_settings(audit::actor_of(caller), std::move(change));
  }

 private:
  WorkshopService& service_;
};

}  // namespace

void add_workshop_endpoints(api::Api& api, WorkshopService& service) {
  const auto workshops = std::make_shared<WorkshopEndpoints>(service);

  api.add<Nothing, WorkshopQuery, Nothing, std::vector<WorkshopAccount>>(
      {.method = Method::get,
       .path = "/api/workshops",
       .needs = Needs(Permission::workshops_manage),
       .id = "list_workshops",
       .summary = "All workshops of the platform, the newest first",
       .tag = "workshops",
       .description = "The next page is in the Link header."},
      [workshops](Caller& caller, auto input) { return workshops->list(caller, input.query); });

  api.add<Nothing, Nothing, WorkshopCreate, WorkshopCreated>(
      {.method = Method::post,
       .path = "/api/workshops",
       .needs = Needs(Permission::workshops_manage),
       .id = "create_workshop",
       .summary = "Add a workshop with its owner, its pits and the usual work types",
       .tag = "workshops",
       .description = "The owner's password is in this answer and nowhere else; it is good for 72 hours and changed at "
                      "the first login. The workshop is on trial, for 30 days unless trial_ends_at says otherwise.",
       .status = 201,
       .problems = {Errc::conflict, Errc::unavailable}},
      [workshops](Caller& caller, auto input) { return workshops->create(caller, std::move(input.body)); });

  api.add<WorkshopPath, Nothing, Nothing, WorkshopAccount>(
      {.method = Method::get,
       .path = "/api/workshops/{id}",
       .needs = Needs(Permission::workshops_manage),
       .id = "get_workshop",
       .summary = "One workshop",
       .tag = "workshops",
       .problems = {Errc::not_found}},
      [workshops](Caller& caller, auto input) { return workshops->find(caller, input.path.id); });

  api.add<WorkshopPath, Nothing, WorkshopUpdate, WorkshopAccount>(
      {.method = Method::patch,
       .path = "/api/workshops/{id}",
       .needs = Needs(Permission::workshops_manage),
       .id = "update_workshop",
       .summary = "Change a workshop: its address, plan, payments",
       .tag = "workshops",
       .description = "status moves as payments do: trial, active, past_due, grace, restricted, suspended, cancelled. "
                      "To suspend is an endpoint of its own. plan and subscription_expires_at go to the licences of "
                      "all its devices.",
       .problems = {Errc::not_found, Errc::invalid_transition}},
      [workshops](Caller& caller, auto input) {
        return workshops->change(caller, input.path.id, std::move(input.body));
      });

  api.add<WorkshopPath, Nothing, WorkshopReason, WorkshopAccount>(
      {.method = Method::post,
       .path = "/api/workshops/{id}/suspend",
       .needs = Needs(Permission::workshops_manage),
       .id = "suspend_workshop",
       .summary = "Suspend a workshop",
       .tag = "workshops",
       .description =
           "Its devices are told DISABLE. While jobs are running the workshop is restricted instead, and the "
           "suspension comes when they are over (suspend_requested_at).",
       .problems = {Errc::not_found, Errc::invalid_transition}},
      [workshops](Caller& caller, auto input) {
        return workshops->suspend(caller, input.path.id, std::move(input.body));
      });

  api.add<WorkshopPath, Nothing, WorkshopReason, WorkshopAccount>(
      {.method = Method::post,
       .path = "/api/workshops/{id}/resume",
       .needs = Needs(Permission::workshops_manage),
       .id = "resume_workshop",
       .summary = "End a suspension, or call off one that waits",
       .tag = "workshops",
       .description = "Its devices are told ENABLE.",
       .problems = {Errc::not_found, Errc::invalid_transition}},
      [workshops](Caller& caller, auto input) {
        return workshops->resume(caller, input.path.id, std::move(input.body));
      });

  api.add<Nothing, Nothing, Nothing, WorkshopSettings>(
      {.method = Method::get,
       .path = "/api/workshop",
       .needs = Needs(Permission::workshop_manage),
       .id = "get_own_workshop",
       .summary = "The own workshop's settings",
       .tag = "workshops",
       .problems = {Errc::not_found}},
      [workshops](Caller& caller, auto) { return workshops->settings(caller); });

  api.add<Nothing, Nothing, SettingsUpdate, WorkshopSettings>(
      {.method = Method::patch,
       .path = "/api/workshop",
       .needs = Needs(Permission::workshop_manage),
       .id = "update_own_workshop",
       .summary = "Change the own workshop's settings",
       .tag = "workshops",
       .description =
           "working_hours takes the place of all hours before. baseline_calls_per_job is how often a customer "
           "called about one job before there was a tracking page.",
       .problems = {Errc::not_found}},
      [workshops](Caller& caller, auto input) { return workshops->change_settings(caller, std::move(input.body)); });
}

}  // namespace pitview::workshops
