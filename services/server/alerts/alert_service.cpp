#include "alerts/alert_service.h"

#include "alerts/alert_writer.h"
#include "audit/audit_log.h"
#include "pitview/json/write.h"

namespace pitview::alerts {

// What the audit log keeps of an alert: what people can change.
struct AuditableAlert {
  bool acknowledged;
  std::optional<Timestamp> snoozed_until;
};
BOOST_DESCRIBE_STRUCT(AuditableAlert, (), (acknowledged, snoozed_until))

namespace {

Error no_such_alert() { return {Errc::not_found, "There is no such alert.", {}, 0}; }

std::string auditable(const Alert& alert) {
  return json::write(AuditableAlert{alert.acknowledged, alert.snoozed_until});
}

}  // namespace

Awaitable<std::vector<Alert>> AlertService::list(WorkshopId workshop, Principal principal, AlertFilter filter) {
  co_return co_await parts_.alerts.list(workshop, AlertAccess::of(principal), filter, parts_.clock.now());
}

Awaitable<Result<Alert>> AlertService::find(Principal principal, AlertId alert) {
  const AlertAccess access = AlertAccess::of(principal);
  auto found = co_await parts_.alerts.find(principal.workshop, access, alert, parts_.clock.now());
  if (!found) co_return no_such_alert();
  co_return std::move(*found);
}

Awaitable<Result<std::vector<AlertEvent>>> AlertService::events(Principal principal, AlertId alert,
                                                                std::optional<AlertEventId> after, int limit) {
  const Result<Alert> found = co_await find(principal, alert);
  if (!found) co_return found.error();
  co_return co_await parts_.alerts.events(principal.workshop, alert, after, limit);
}

Awaitable<Result<Alert>> AlertService::acknowledge(audit::Actor actor, AlertId alert) {
  const Principal principal = actor.principal;
  auto tx = co_await parts_.alerts.begin(principal.workshop);
  const Timestamp now = parts_.clock.now();
  auto locked = co_await AlertsRepository::lock(tx, AlertAccess::of(principal), alert, now);
  if (!locked) co_return no_such_alert();
  if (locked->acknowledged) co_return std::move(*locked);
  co_await AlertsRepository::acknowledge(tx, alert, principal.user, now);
  NewAlertEvent event{
      .event = AlertEventKind::acknowledged, .severity = locked->severity, .at = now, .actor = principal.user};
  co_return co_await finish(tx, std::move(actor), *locked, std::move(event));
}

Awaitable<Result<Alert>> AlertService::snooze(audit::Actor actor, AlertId alert, std::chrono::minutes time) {
  const Principal principal = actor.principal;
  auto tx = co_await parts_.alerts.begin(principal.workshop);
  const Timestamp now = parts_.clock.now();
  auto locked = co_await AlertsRepository::lock(tx, AlertAccess::of(principal), alert, now);
  if (!locked) co_return no_such_alert();
  if (locked->resolved_at) co_return Error{Errc::conflict, "The alert is over.", {}, 0};
  const Timestamp until = now + time;
  co_await AlertsRepository::snooze(tx, alert, until);
  NewAlertEvent event{.event = AlertEventKind::snoozed,
                      .severity = locked->severity,
                      .at = now,
                      .detail = to_iso8601(until),
                      .actor = principal.user};
  co_return co_await finish(tx, std::move(actor), *locked, std::move(event));
}

Awaitable<Alert> AlertService::finish(postgres::Transaction& tx, audit::Actor actor, const Alert& before,
                                      NewAlertEvent event) {
  const AlertEventKind change = event.event;
  co_await AlertsRepository::add_event(tx, before.workshop_id, before.id, std::move(event));
  Alert after = co_await AlertsRepository::find(tx, before.id, parts_.clock.now());
  audit::Entry entry{.action = change == AlertEventKind::snoozed ? "alert.snooze" : "alert.acknowledge",
                     .subject = "alert",
                     .subject_id = before.id.value,
                     .before = auditable(before),
                     .after = auditable(after)};
  co_await audit::record(tx, before.workshop_id, std::move(actor), std::move(entry));
  co_await tx.commit();
  parts_.changed();
  announce(parts_.hub, {after, change});
  co_return after;
}

}  // namespace pitview::alerts
