#include "licences/licence_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::licences {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct SubscriptionPath {
  SubscriptionId id;
};
BOOST_DESCRIBE_STRUCT(SubscriptionPath, (), (id))

struct SubscriptionQuery {
  std::optional<WorkshopId> workshop_id;
  std::optional<SubscriptionId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(SubscriptionQuery, (), (workshop_id, cursor, limit))

BOOST_DEFINE_ENUM_CLASS(SubscriptionStanding, active, suspended, expired)
BOOST_DEFINE_ENUM_CLASS(SubscriptionPlan, basic, standard, premium)

struct SubscriptionUpdate {
  std::optional<SubscriptionStanding> status;
  std::optional<SubscriptionPlan> plan;
  std::optional<json::Int<0, 1'000'000'000'000>> monthly_fee_paise;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> last_payment_at;
};
BOOST_DESCRIBE_STRUCT(SubscriptionUpdate, (), (status, plan, monthly_fee_paise, expires_at, last_payment_at))

struct ViolationQuery {
  std::optional<json::Text<1, 64>> device_id;
  std::optional<WorkshopId> workshop_id;
  std::optional<ViolationId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(ViolationQuery, (), (device_id, workshop_id, cursor, limit))

namespace {

template <class Enum>
std::optional<std::string> name_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string(json::enum_name(*value));
}

class LicenceEndpoints {
 public:
  explicit LicenceEndpoints(LicenceService& service) : service_(service) {}

  Awaitable<Result<std::vector<Subscription>>> list(Caller& caller, SubscriptionQuery query) {
    const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    const int limit = api::limit_of(query.limit);
    std::vector<Subscription> found = co_await service_.list(*workshop, query.cursor, limit);
    if (static_cast<int>(found.size()) == limit) api::add_next_link(caller, found.back().id.value);
    co_return found;
  }

  Awaitable<Result<Subscription>> change(Caller& caller, SubscriptionId id, SubscriptionUpdate body) {
    SubscriptionChange change{.status = name_of(body.status),
                              .plan = name_of(body.plan),
                              .expires_at = body.expires_at,
                              .last_payment_at = body.last_payment_at};
    if (body.monthly_fee_paise) change.monthly_fee_paise = body.monthly_fee_paise->value;
    return service_.change(audit::actor_of(caller), id, std::move(change));
  }

  Awaitable<Result<std::vector<LicenceViolation>>> violations(Caller& caller, ViolationQuery query) {
    const int limit = api::limit_of(query.limit);
    ViolationFilter filter{.workshop = query.workshop_id, .before = query.cursor, .limit = limit};
    if (query.device_id) filter.device_id = query.device_id->value;
    std::vector<LicenceViolation> found = co_await service_.violations(std::move(filter));
    if (static_cast<int>(found.size()) == limit) api::add_next_link(caller, found.back().id.value);
    co_return found;
  }

 private:
  LicenceService& service_;
};

}  // namespace

void add_licence_endpoints(api::Api& api, LicenceService& service) {
  const auto licences = std::make_shared<LicenceEndpoints>(service);

  api.add<Nothing, SubscriptionQuery, Nothing, std::vector<Subscription>>(
      {.method = Method::get,
       .path = "/api/subscriptions",
       .needs = Needs(Permission::licences_read),
       .id = "list_subscriptions",
       .summary = "The licences of the workshop's devices, the newest first",
       .tag = "licences",
       .description = "A super administrator names the workshop. The next page is in the Link header."},
      [licences](Caller& caller, auto input) { return licences->list(caller, input.query); });

  api.add<SubscriptionPath, Nothing, SubscriptionUpdate, Subscription>(
      {.method = Method::patch,
       .path = "/api/subscriptions/{id}",
       .needs = Needs(Permission::licences_manage),
       .id = "update_subscription",
       .summary = "Change a device's licence",
       .tag = "licences",
       .description =
           "A device whose licence ends is told DISABLE, one whose licence is good again ENABLE. While a job "
           "is running at its pit that began before, nothing happens until the job is over (held_by_job).",
       .problems = {Errc::not_found, Errc::conflict}},
      [licences](Caller& caller, auto input) { return licences->change(caller, input.path.id, input.body); });

  api.add<Nothing, ViolationQuery, Nothing, std::vector<LicenceViolation>>(
      {.method = Method::get,
       .path = "/api/violations",
       .needs = Needs(Permission::licences_manage),
       .id = "list_violations",
       .summary = "What devices sent without a right, by device, reason and hour; the newest hours first",
       .tag = "licences",
       .description = "Kept for 90 days, some seconds behind. The next page is in the Link header."},
      [licences](Caller& caller, auto input) { return licences->violations(caller, std::move(input.query)); });
}

}  // namespace pitview::licences
