#include "alerts/alerts_repository.h"

#include <array>

#include "alerts/alert_rows.h"

namespace pitview::alerts {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

#define ALERTS                                                                                       \
  "SELECT a.id, a.workshop_id, a.pit_id, p.pit_number, a.alert_type, a.severity, a.message, "        \
  "a.acknowledged, u.display_name AS acknowledged_by, a.acknowledged_at, a.snoozed_until, a.value, " \
  "a.created_at, a.resolved_at FROM alerts a LEFT JOIN pits p ON p.id = a.pit_id "                   \
  "LEFT JOIN users u ON u.id = a.acknowledged_by "

// $1 the operator who must be permitted at the pit; null: no such condition.
#define ACCESS                                     \
  " ($1::bigint IS NULL OR EXISTS (SELECT 1 FROM " \
  "staff_pit_permissions s WHERE s.user_id = $1 AND s.pit_id = a.pit_id)) "

constexpr Statement kList{"list_alerts", ALERTS
                          "WHERE" ACCESS
                          "AND ($2::boolean IS NULL OR (a.resolved_at IS NULL) = $2) "
                          "AND ($3::boolean IS NULL OR a.acknowledged = $3) "
                          "AND ($4::bigint IS NULL OR a.pit_id = $4) AND ($5::text IS NULL OR a.alert_type = $5) "
                          "AND ($6::text IS NULL OR a.severity = $6) "
                          "AND ($7::timestamptz IS NULL OR a.created_at >= $7) "
                          "AND ($8::timestamptz IS NULL OR a.created_at < $8) "
                          "AND ($9::bigint IS NULL OR a.id < $9) ORDER BY a.id DESC LIMIT $10"};
constexpr Statement kFind{"find_alert", ALERTS "WHERE" ACCESS "AND a.id = $2"};
constexpr Statement kLock{"lock_alert", ALERTS "WHERE" ACCESS "AND a.id = $2 FOR UPDATE OF a"};

#undef ALERTS
#undef ACCESS

constexpr Statement kEvents{"alert_events", R"sql(
  SELECT e.id, e.at, e.event, e.severity, e.value, e.detail, u.display_name AS by
  FROM alert_events e LEFT JOIN users u ON u.id = e.actor_id
  WHERE e.alert_id = $1 AND ($2::bigint IS NULL OR e.id > $2) ORDER BY e.id LIMIT $3)sql"};

constexpr Statement kAddEvent{"add_alert_event", R"sql(
  INSERT INTO alert_events (workshop_id, alert_id, at, event, severity, value, detail, actor_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8))sql"};

constexpr Statement kAcknowledge{"acknowledge_alert", R"sql(
  UPDATE alerts SET acknowledged = true, acknowledged_by = $2, acknowledged_at = $3 WHERE id = $1)sql"};

constexpr Statement kSnooze{"snooze_alert", "UPDATE alerts SET snoozed_until = $2 WHERE id = $1"};

constexpr Statement kRaise{"raise_alert", R"sql(
  INSERT INTO alerts (workshop_id, pit_id, alert_type, severity, message, value, created_at)
  VALUES ($1, nullif($2::bigint, 0), $3, $4, $5, $6, $7)
  ON CONFLICT (workshop_id, pit_id, alert_type) WHERE resolved_at IS NULL DO NOTHING RETURNING id)sql"};

#define OPEN_ONE "WHERE pit_id IS NOT DISTINCT FROM nullif($1::bigint, 0) AND alert_type = $2 AND resolved_at IS NULL"

// $6: because nobody has taken notice.
constexpr Statement kEscalate{
    "escalate_alert",
    "UPDATE alerts SET severity = $3, message = $4, value = $5, acknowledged = false, "
    "acknowledged_by = NULL, acknowledged_at = NULL, snoozed_until = NULL " OPEN_ONE
    " AND severity <> $3 AND NOT ($6 AND (acknowledged OR coalesce(snoozed_until > $7, false))) RETURNING id"};
constexpr Statement kEndSnooze{
    "end_alert_snooze", "UPDATE alerts SET snoozed_until = NULL " OPEN_ONE " AND snoozed_until <= $3 RETURNING id"};
constexpr Statement kResolve{"resolve_alert",
                             "UPDATE alerts SET resolved_at = $3, snoozed_until = NULL " OPEN_ONE " RETURNING id"};

#undef OPEN_ONE

constexpr Statement kWatchedPits{"watched_pits", R"sql(
  SELECT workshop_id, pit_id, has_camera, device_seen, work_type, stage FROM platform.watched_pits())sql"};

constexpr Statement kOpenAlerts{"open_alerts", R"sql(
  SELECT workshop_id, coalesce(pit_id, 0) AS pit_id, alert_type, severity, created_at, acknowledged, snoozed_until,
         value
  FROM platform.open_alerts())sql"};

constexpr std::array kStatements = {kList,  kFind,     kLock,      kEvents,  kAddEvent,    kAcknowledge, kSnooze,
                                    kRaise, kEscalate, kEndSnooze, kResolve, kWatchedPits, kOpenAlerts};

AlertStatus status_of(const Alert& alert, Timestamp now) {
  if (alert.resolved_at) return AlertStatus::resolved;
  if (alert.snoozed_until && *alert.snoozed_until > now) return AlertStatus::snoozed;
  return alert.acknowledged ? AlertStatus::acknowledged : AlertStatus::open;
}

Alert alert_of(const Row& row, Timestamp now) {
  Alert alert{.id = row.get<AlertId>("id"),
              .workshop_id = row.get<WorkshopId>("workshop_id"),
              .pit_id = row.get<std::optional<PitId>>("pit_id"),
              .pit_number = row.get<std::optional<int>>("pit_number"),
              .alert_type = enum_of<AlertType>(row, "alert_type"),
              .severity = enum_of<AlertSeverity>(row, "severity"),
              .message = row.get<std::string>("message"),
              .acknowledged = row.get<bool>("acknowledged"),
              .acknowledged_by = row.get<std::optional<std::string>>("acknowledged_by"),
              .acknowledged_at = row.get<std::optional<Timestamp>>("acknowledged_at"),
              .snoozed_until = row.get<std::optional<Timestamp>>("snoozed_until"),
              .value = row.get<std::optional<double>>("value"),
              .created_at = row.get<Timestamp>("created_at"),
              .resolved_at = row.get<std::optional<Timestamp>>("resolved_at")};
  alert.state = status_of(alert, now);
  return alert;
}

template <class Enum>
std::optional<std::string> name_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string(json::enum_name(*value));
}

AlertEventKind kind_of(AlertChange change) {
  switch (change) {
    case AlertChange::raised: return AlertEventKind::raised;
    case AlertChange::escalated: return AlertEventKind::escalated;
    case AlertChange::snooze_ended: return AlertEventKind::snooze_ended;
    case AlertChange::resolved: return AlertEventKind::resolved;
  }
  return AlertEventKind::raised;
}

Awaitable<Rows> apply(Transaction& tx, WorkshopId workshop, const AlertTransition& t) {
  const std::string_view type = json::enum_name(t.type);
  const std::string_view severity = json::enum_name(t.severity);
  switch (t.change) {
    case AlertChange::raised:
      co_return co_await tx.query(kRaise, workshop, t.pit, type, severity, t.message, t.value, t.at);
    case AlertChange::escalated:
      co_return co_await tx.query(kEscalate, t.pit, type, severity, t.message, t.value, t.unattended, t.at);
    case AlertChange::snooze_ended: co_return co_await tx.query(kEndSnooze, t.pit, type, t.at);
    case AlertChange::resolved: co_return co_await tx.query(kResolve, t.pit, type, t.at);
  }
  co_return Rows{};
}

}  // namespace

std::span<const Statement> alert_statements() { return kStatements; }

AlertAccess AlertAccess::of(const Principal& principal) {
  AlertAccess access;
  if (!principal.sees_whole_workshop()) access.operator_ = principal.user;
  return access;
}

Awaitable<std::vector<Alert>> AlertsRepository::list(WorkshopId workshop, AlertAccess access, AlertFilter filter,
                                                     Timestamp now) {
  std::vector<Alert> alerts;
  const Rows rows = co_await database_.here().read(workshop, kList, access.operator_, filter.open, filter.acknowledged,
                                                   filter.pit, name_of(filter.type), name_of(filter.severity),
                                                   filter.from, filter.to, filter.before, filter.limit);
  for (const Row row : rows) alerts.push_back(alert_of(row, now));
  co_return alerts;
}

Awaitable<std::optional<Alert>> AlertsRepository::find(WorkshopId workshop, AlertAccess access, AlertId alert,
                                                       Timestamp now) {
  const auto row = (co_await database_.here().read(workshop, kFind, access.operator_, alert)).first();
  if (!row) co_return std::nullopt;
  co_return alert_of(*row, now);
}

Awaitable<std::vector<AlertEvent>> AlertsRepository::events(WorkshopId workshop, AlertId alert,
                                                            std::optional<AlertEventId> after, int limit) {
  std::vector<AlertEvent> events;
  const Rows rows = co_await database_.here().read(workshop, kEvents, alert, after, limit);
  for (const Row row : rows)
    events.push_back({.id = row.get<AlertEventId>("id"),
                      .at = row.get<Timestamp>("at"),
                      .event = enum_of<AlertEventKind>(row, "event"),
                      .severity = enum_of<AlertSeverity>(row, "severity"),
                      .value = row.get<std::optional<double>>("value"),
                      .detail = row.get<std::string>("detail"),
                      .by = row.get<std::optional<std::string>>("by")});
  co_return events;
}

Awaitable<std::optional<Alert>> AlertsRepository::lock(Transaction& tx, AlertAccess access, AlertId alert,
                                                       Timestamp now) {
  const auto row = (co_await tx.query(kLock, access.operator_, alert)).first();
  if (!row) co_return std::nullopt;
  co_return alert_of(*row, now);
}

Awaitable<Alert> AlertsRepository::find(Transaction& tx, AlertId alert, Timestamp now) {
  const Rows rows = co_await tx.query(kFind, std::optional<UserId>(), alert);
  co_return alert_of(rows[0], now);
}

Awaitable<> AlertsRepository::acknowledge(Transaction& tx, AlertId alert, UserId by, Timestamp now) {
  co_await tx.execute(kAcknowledge, alert, by, now);
}

Awaitable<> AlertsRepository::snooze(Transaction& tx, AlertId alert, Timestamp until) {
  co_await tx.execute(kSnooze, alert, until);
}

Awaitable<> AlertsRepository::add_event(Transaction& tx, WorkshopId workshop, AlertId alert, NewAlertEvent event) {
  co_await tx.execute(kAddEvent, workshop, alert, event.at, json::enum_name(event.event),
                      json::enum_name(event.severity), event.value, event.detail, event.actor);
}

Awaitable<std::optional<AlertId>> AlertsRepository::record(Transaction& tx, WorkshopId workshop,
                                                           const AlertTransition& t) {
  const Rows rows = co_await apply(tx, workshop, t);
  if (rows.empty()) co_return std::nullopt;
  const AlertId id = rows[0].get<AlertId>(0);
  NewAlertEvent event{
      .event = kind_of(t.change), .severity = t.severity, .at = t.at, .value = t.value, .detail = t.message};
  if (t.change == AlertChange::resolved) event.detail = json::enum_name(t.end);
  co_await add_event(tx, workshop, id, std::move(event));
  co_return id;
}

Awaitable<std::vector<WatchedPit>> AlertsRepository::watched_pits() {
  std::vector<WatchedPit> pits;
  const Rows rows = co_await database_.here().read_platform(kWatchedPits);
  for (const Row row : rows)
    pits.push_back({.workshop = row.get<WorkshopId>("workshop_id"),
                    .pit = row.get<PitId>("pit_id"),
                    .has_camera = row.get<bool>("has_camera"),
                    .device_seen = row.get<bool>("device_seen"),
                    .work_type = row.get<std::string>("work_type"),
                    .stage = row.get<std::string>("stage")});
  co_return pits;
}

Awaitable<std::vector<StoredOpenAlert>> AlertsRepository::open_alerts() {
  std::vector<StoredOpenAlert> alerts;
  const Rows rows = co_await database_.here().read_platform(kOpenAlerts);
  for (const Row row : rows)
    alerts.push_back({row.get<WorkshopId>("workshop_id"),
                      {.pit = row.get<PitId>("pit_id"),
                       .type = enum_of<AlertType>(row, "alert_type"),
                       .severity = enum_of<AlertSeverity>(row, "severity"),
                       .raised_at = row.get<Timestamp>("created_at"),
                       .acknowledged = row.get<bool>("acknowledged"),
                       .snoozed_until = row.get<std::optional<Timestamp>>("snoozed_until"),
                       .value = row.get<std::optional<double>>("value")}});
  co_return alerts;
}

}  // namespace pitview::alerts
