#include "alerts/alert_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::alerts {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct AlertPath {
  AlertId id;
};
BOOST_DESCRIBE_STRUCT(AlertPath, (), (id))

struct PlatformAlertQuery {
  std::optional<bool> open;
  std::optional<bool> acknowledged;
  std::optional<AlertType> alert_type;
  std::optional<AlertSeverity> severity;
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::optional<AlertId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(PlatformAlertQuery, (), (open, acknowledged, alert_type, severity, from, to, cursor, limit))

struct AlertQuery : PlatformAlertQuery {
  std::optional<WorkshopId> workshop_id;
  std::optional<PitId> pit_id;
};
BOOST_DESCRIBE_STRUCT(AlertQuery, (PlatformAlertQuery), (workshop_id, pit_id))

struct AlertEventQuery {
  std::optional<AlertEventId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(AlertEventQuery, (), (cursor, limit))

struct AlertSnooze {
  json::Int<1, 1440> minutes;
};
BOOST_DESCRIBE_STRUCT(AlertSnooze, (), (minutes))

namespace {

AlertFilter filter_of(const PlatformAlertQuery& query) {
  return {.open = query.open,
          .acknowledged = query.acknowledged,
          .type = query.alert_type,
          .severity = query.severity,
          .from = query.from,
          .to = query.to,
          .before = query.cursor,
          .limit = api::limit_of(query.limit)};
}

class AlertEndpoints {
 public:
  explicit AlertEndpoints(AlertService& service) : service_(service) {}

  Awaitable<Result<std::vector<Alert>>> list(Caller& caller, AlertQuery query) {
    const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    AlertFilter filter = filter_of(query);
    filter.pit = query.pit_id;
    co_return co_await page(caller, *workshop, filter);
  }

  Awaitable<Result<std::vector<Alert>>> list_of_platform(Caller& caller, PlatformAlertQuery query) {
    co_return co_await page(caller, kPlatform, filter_of(query));
  }

  Awaitable<Result<Alert>> find(Caller& caller, AlertId alert) { return service_.find(caller.principal, alert); }

  Awaitable<Result<std::vector<AlertEvent>>> events(Caller& caller, AlertId alert, AlertEventQuery query) {
    const int limit = api::limit_of(query.limit);
    auto events = co_await service_.events(caller.principal, alert, query.cursor, limit);
    if (events && static_cast<int>(events->size()) == limit) api::add_next_link(caller, events->back().id.value);
    co_return events;
  }

  Awaitable<Result<Alert>> acknowledge(Caller& caller, AlertId alert) {
    return service_.acknowledge(audit::actor_of(caller), alert);
  }

  Awaitable<Result<Alert>> snooze(Caller& caller, AlertId alert, AlertSnooze body) {
    return service_.snooze(audit::actor_of(caller), alert, std::chrono::minutes(body.minutes.value));
  }

 private:
  Awaitable<std::vector<Alert>> page(Caller& caller, WorkshopId workshop, AlertFilter filter) {
    std::vector<Alert> alerts = co_await service_.list(workshop, caller.principal, filter);
    if (static_cast<int>(alerts.size()) == filter.limit) api::add_next_link(caller, alerts.back().id.value);
    co_return alerts;
  }

  AlertService& service_;
};

}  // namespace

void add_alert_endpoints(api::Api& api, AlertService& service) {
  const auto alerts = std::make_shared<AlertEndpoints>(service);

  api.add<Nothing, AlertQuery, Nothing, std::vector<Alert>>(
      {.method = Method::get,
       .path = "/api/alerts",
       .needs = Needs(Permission::alerts_read),
       .id = "list_alerts",
       .summary = "Alerts, the newest first",
       .tag = "alerts",
       .description = "Operators get those at their pits. `open`: true for those that last, false for those that are "
                      "over. `from` and `to` (exclusive) are about when they were raised. The next page is in the Link "
                      "header."},
      [alerts](Caller& caller, auto input) { return alerts->list(caller, std::move(input.query)); });

  api.add<AlertPath, Nothing, Nothing, Alert>(
      {.method = Method::get,
       .path = "/api/alerts/{id}",
       .needs = Needs(Permission::alerts_read),
       .id = "get_alert",
       .summary = "One alert",
       .tag = "alerts",
       .problems = {Errc::not_found}},
      [alerts](Caller& caller, auto input) { return alerts->find(caller, input.path.id); });

  api.add<AlertPath, AlertEventQuery, Nothing, std::vector<AlertEvent>>(
      {.method = Method::get,
       .path = "/api/alerts/{id}/events",
       .needs = Needs(Permission::alerts_read),
       .id = "list_alert_events",
       .summary = "What happened to an alert, the oldest first",
       .tag = "alerts",
       .description = "`detail` is what the alert said when it was raised or became critical, until when it is "
                      "snoozed, or why it is over: back_to_normal, rule_disabled, not_watched (maintenance, or no "
                      "device any more). The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [alerts](Caller& caller, auto input) { return alerts->events(caller, input.path.id, input.query); });

  api.add<AlertPath, Nothing, Nothing, Alert>(
      {.method = Method::post,
       .path = "/api/alerts/{id}/acknowledge",
       .needs = Needs(Permission::alerts_handle),
       .id = "acknowledge_alert",
       .summary = "Take notice of an alert",
       .tag = "alerts",
       .description = "Whoever was first stays who acknowledged it. An alert that becomes critical afterwards is to be "
                      "acknowledged again.",
       .problems = {Errc::not_found}},
      [alerts](Caller& caller, auto input) { return alerts->acknowledge(caller, input.path.id); });

  api.add<AlertPath, Nothing, AlertSnooze, Alert>(
      {.method = Method::post,
       .path = "/api/alerts/{id}/snooze",
       .needs = Needs(Permission::alerts_handle),
       .id = "snooze_alert",
       .summary = "Be reminded of an alert later",
       .tag = "alerts",
       .description = "An alert that still lasts then is announced again (snooze_ended). conflict: it is over.",
       .problems = {Errc::not_found, Errc::conflict}},
      [alerts](Caller& caller, auto input) { return alerts->snooze(caller, input.path.id, input.body); });

  api.add<Nothing, PlatformAlertQuery, Nothing, std::vector<Alert>>(
      {.method = Method::get,
       .path = "/api/platform/alerts",
       .needs = Needs(Permission::platform_health),
       .id = "list_platform_alerts",
       .summary = "Alerts of the servers themselves, the newest first",
       .tag = "platform",
       .description = "CPU above 80 % for 5 minutes, a disk fuller than 85 %. The next page is in the Link header."},
      [alerts](Caller& caller, auto input) { return alerts->list_of_platform(caller, input.query); });
}

}  // namespace pitview::alerts
