// The flows of licences: who has one, and what the platform changes of it. Each change
// is one transaction with its audit row; the kill switch hears of it after the commit
// (devices/kill_switch.h).
#pragma once

#include <functional>

#include "audit/actor.h"
#include "licences/licences_repository.h"
#include "pitview/base/result.h"

namespace pitview::licences {

using audit::Actor;

// Empty: as it is.
struct SubscriptionChange {
  std::optional<std::string> status;  // active, suspended, expired
  std::optional<std::string> plan;    // basic, standard, premium
  std::optional<std::int64_t> monthly_fee_paise;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> last_payment_at;
};

class LicenceService {
 public:
  struct Parts {
    LicencesRepository& licences;
    const Clock& clock;
    std::function<void()> directory_changed;  // from any thread
  };
  explicit LicenceService(Parts parts) : parts_(std::move(parts)) {}

  Awaitable<std::vector<Subscription>> list(WorkshopId workshop, std::optional<SubscriptionId> before, int limit);
  // not_found; conflict for a device that was put out for good. By a super administrator, in any workshop.
  Awaitable<Result<Subscription>> change(Actor actor, SubscriptionId subscription, SubscriptionChange change);
  Awaitable<std::vector<LicenceViolation>> violations(ViolationFilter filter);

 private:
  Parts parts_;
};

}  // namespace pitview::licences
