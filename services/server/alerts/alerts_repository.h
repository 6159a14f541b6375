// Alerts and what happened to them, in PostgreSQL.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "app/database.h"
#include "pitview/domain/principal.h"

namespace pitview::alerts {

// Whose alerts one may see: all of the workshop, or those at an operator's permitted pits.
struct AlertAccess {
  std::optional<UserId> operator_{};
  static AlertAccess of(const Principal& principal);
};

struct AlertFilter {
  std::optional<bool> open{};  // or over
  std::optional<bool> acknowledged{};
  std::optional<PitId> pit{};
  std::optional<AlertType> type{};
  std::optional<AlertSeverity> severity{};
  std::optional<Timestamp> from{};  // raised at
  std::optional<Timestamp> to{};    // before
  std::optional<AlertId> before{};  // the cursor
  int limit = 0;
};

// A new event of an alert.
struct NewAlertEvent {
  AlertEventKind event;
  AlertSeverity severity;
  Timestamp at;
  std::optional<double> value{};
  std::string detail{};
  std::optional<UserId> actor{};
};

struct StoredOpenAlert {
  WorkshopId workshop;
  OpenAlert alert;
};

// A pit in use, and what is going on there.
struct WatchedPit {
  WorkshopId workshop;
  PitId pit;
  bool has_camera = false;
  bool device_seen = false;  // its device has been heard there
  std::string work_type;     // of the running job; "" none
  std::string stage;
};

class AlertsRepository {
 public:
  explicit AlertsRepository(app::Database& database) : database_(database) {}

  auto begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first.
  Awaitable<std::vector<Alert>> list(WorkshopId workshop, AlertAccess access, AlertFilter filter, Timestamp now);
  Awaitable<std::optional<Alert>> find(WorkshopId workshop, AlertAccess access, AlertId alert, Timestamp now);
  // The oldest first, those after the cursor.
  Awaitable<std::vector<AlertEvent>> events(WorkshopId workshop, AlertId alert, std::optional<AlertEventId> after,
                                            int limit);

  static Awaitable<std::optional<Alert>> lock(postgres::Transaction& tx, AlertAccess access, AlertId alert,
                                              Timestamp now);
  static Awaitable<Alert> find(postgres::Transaction& tx, AlertId alert, Timestamp now);
  static Awaitable<> acknowledge(postgres::Transaction& tx, AlertId alert, UserId by, Timestamp now);
  static Awaitable<> snooze(postgres::Transaction& tx, AlertId alert, Timestamp until);
  static Awaitable<> add_event(postgres::Transaction& tx, WorkshopId workshop, AlertId alert, NewAlertEvent event);

  // What the engine found, with its event. Empty: it is no news to the database, because
  // another server said it, or because somebody has just taken notice.
  static Awaitable<std::optional<AlertId>> record(postgres::Transaction& tx, WorkshopId workshop,
                                                  const AlertTransition& transition);

  // Of all workshops, for the engine.
  Awaitable<std::vector<WatchedPit>> watched_pits();
  Awaitable<std::vector<StoredOpenAlert>> open_alerts();

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> alert_statements();

}  // namespace pitview::alerts
