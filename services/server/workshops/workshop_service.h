// The platform's workshops: made, changed, suspended and resumed by super
// administrators, and set by their owners. Each change is one transaction with its
// audit row.
#pragma once

#include <functional>

#include "audit/actor.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/base/result.h"
#include "workshops/billing_states.h"
#include "workshops/workshops_repository.h"

namespace pitview::workshops {

using audit::Actor;

struct WorkshopRequest {
  std::string name;
  std::string owner_name;
  std::string owner_email;
  std::string owner_phone;  // E.164
  std::string address;
  int pits = 1;
  std::string plan;
  std::string timezone;
  std::string language;
  std::optional<Timestamp> trial_ends_at;  // in 30 days
};

struct NewWorkshop {
  WorkshopAccount workshop;
  std::string username;
  std::string password;  // of the owner; here and nowhere else
  Timestamp password_expires_at;
};

// Empty: as it is.
struct WorkshopChange {
  std::optional<std::string> name;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  std::optional<std::string> plan;
  std::optional<BillingState> status;  // not suspended: that is suspend()
  std::optional<std::string> reason;   // of the status
  std::optional<Timestamp> subscription_expires_at;
};

struct SettingsChange {
  std::optional<std::string> name;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  std::optional<std::string> timezone;
  std::optional<std::string> language;
  std::optional<std::vector<OpenHours>> working_hours;
  std::optional<double> baseline_calls_per_job;
  std::optional<int> recording_days;
  std::optional<bool> record_always;
};

class WorkshopService {
 public:
  struct Parts {
    WorkshopsRepository& workshops;
    CpuPool& cpu;
    const Clock& clock;
    const crypto::Key256& data_key;
    std::function<void()> directory_changed;  // from any thread
  };
  explicit WorkshopService(Parts parts) : parts_(std::move(parts)) {}

  // The platform's side. All but create() and list(): not_found.
  Awaitable<std::vector<WorkshopAccount>> list(std::optional<std::string> status, std::optional<WorkshopId> before,
                                               int limit);
  Awaitable<Result<WorkshopAccount>> find(WorkshopId workshop);
  // validation_failed, unavailable.
  Awaitable<Result<NewWorkshop>> create(Actor actor, WorkshopRequest request);
  // invalid_transition.
  Awaitable<Result<WorkshopAccount>> change(Actor actor, WorkshopId workshop, WorkshopChange change);
  // At once when no job is running. Else the workshop takes no new jobs, and the
  // suspension comes when the running ones are over (due_suspensions.h): nothing is
  // suspended under a customer's car (decisions D44, D45). invalid_transition.
  Awaitable<Result<WorkshopAccount>> suspend(Actor actor, WorkshopId workshop, std::string reason);
  // Back to what it was before: on trial, or active. invalid_transition when it is
  // neither suspended nor about to be.
  Awaitable<Result<WorkshopAccount>> resume(Actor actor, WorkshopId workshop, std::string reason);

  // The owner's side. not_found for the platform itself; validation_failed.
  Awaitable<Result<WorkshopSettings>> settings(WorkshopId workshop);
  Awaitable<Result<WorkshopSettings>> change_settings(Actor actor, SettingsChange change);

 private:
  using Change = std::function<Result<>(WorkshopAccount&)>;
  Awaitable<Result<WorkshopAccount>> change_state(Actor actor, WorkshopId workshop, std::string action, Change change);
  Awaitable<Result<>> check(std::optional<std::string> timezone);

  Parts parts_;
};

}  // namespace pitview::workshops
