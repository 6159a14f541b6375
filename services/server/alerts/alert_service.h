// What people do about alerts. Each change is one transaction with its event and audit
// row; the live hub and the engine hear of it after the commit.
#pragma once

#include <functional>

#include "alerts/alerts_repository.h"
#include "audit/actor.h"
#include "pitview/base/result.h"
#include "pitview/live/hub.h"

namespace pitview::alerts {

class AlertService {
 public:
  struct Parts {
    AlertsRepository& alerts;
    live::Hub& hub;
    const Clock& clock;
    std::function<void()> changed;  // any thread
  };
  explicit AlertService(Parts parts) : parts_(std::move(parts)) {}

  Awaitable<std::vector<Alert>> list(WorkshopId workshop, Principal principal, AlertFilter filter);
  // not_found.
  Awaitable<Result<Alert>> find(Principal principal, AlertId alert);
  Awaitable<Result<std::vector<AlertEvent>>> events(Principal principal, AlertId alert,
                                                    std::optional<AlertEventId> after, int limit);

  // Of an alert that is over, too. Whoever was first stays who acknowledged it. not_found.
  Awaitable<Result<Alert>> acknowledge(audit::Actor actor, AlertId alert);
  // Until then nobody is reminded and nothing escalates for want of notice. not_found,
  // conflict (it is over).
  Awaitable<Result<Alert>> snooze(audit::Actor actor, AlertId alert, std::chrono::minutes time);

 private:
  Awaitable<Alert> finish(postgres::Transaction& tx, audit::Actor actor, const Alert& before, NewAlertEvent event);

  Parts parts_;
};

}  // namespace pitview::alerts
