#include "workshops/workshop_service.h"

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "auth/password.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::workshops {

// What the audit log keeps of a workshop.
struct AuditedWorkshop {
  std::string name;
  std::string plan;
  std::string subscription_status;
  std::string status_reason;
  std::optional<Timestamp> suspend_requested_at;
  std::optional<Timestamp> subscription_expires_at;
};
BOOST_DESCRIBE_STRUCT(AuditedWorkshop, (),
                      (name, plan, subscription_status, status_reason, suspend_requested_at, subscription_expires_at))

namespace {

using api::invalid;
using enum BillingState;

constexpr std::chrono::days kTrial{30};
constexpr std::chrono::hours kTemporaryPasswordLife{72};  // decision D32

std::string auditable(const WorkshopAccount& w) {
  return json::write(AuditedWorkshop{w.name, w.plan, w.subscription_status, w.status_reason, w.suspend_requested_at,
                                     w.subscription_expires_at});
}

std::string everything_of(const WorkshopAccount& w) { return auditable(w) + w.address + "\n" + w.phone; }

Error no_such_workshop() { return {Errc::not_found, "There is no such workshop.", {}, 0}; }

BillingState state_of(const WorkshopAccount& workshop) {
  return billing_state_from(workshop.subscription_status).value_or(cancelled);
}

void enter(WorkshopAccount& workshop, BillingState state) { workshop.subscription_status = name_of(state); }

Result<> apply(const WorkshopChange& change, WorkshopAccount& workshop) {
  workshop.name = change.name.value_or(workshop.name);
  workshop.address = change.address.value_or(workshop.address);
  workshop.phone = change.phone.value_or(workshop.phone);
  workshop.plan = change.plan.value_or(workshop.plan);
  if (change.subscription_expires_at) workshop.subscription_expires_at = change.subscription_expires_at;
  if (!change.status) return Done{};
  if (Result<> allowed = check_transition(state_of(workshop), *change.status); !allowed) return allowed;
  if (*change.status != state_of(workshop)) {
    workshop.status_before.reset();
    workshop.suspend_requested_at.reset();
  }
  enter(workshop, *change.status);
  workshop.status_reason = change.reason.value_or("");
  return Done{};
}

Result<> apply_suspension(WorkshopAccount& workshop, const std::string& reason, Timestamp now) {
  const BillingState state = state_of(workshop);
  if (Result<> allowed = check_transition(state, suspended); !allowed) return allowed;
  workshop.status_reason = reason;
  if (state == suspended || workshop.suspend_requested_at) return Done{};
  workshop.status_before = workshop.subscription_status;
  if (workshop.running_jobs == 0) {
    enter(workshop, suspended);
  } else {
    enter(workshop, restricted);
    workshop.suspend_requested_at = now;
  }
  return Done{};
}

Result<> apply_resumption(WorkshopAccount& workshop, const std::string& reason) {
  if (state_of(workshop) != suspended && !workshop.suspend_requested_at)
    return {Errc::invalid_transition, "This workshop is not suspended, and no suspension waits."};
  enter(workshop, workshop.status_before == name_of(trial) ? trial : active);
  workshop.status_reason = reason;
  workshop.status_before.reset();
  workshop.suspend_requested_at.reset();
  return Done{};
}

}  // namespace

Awaitable<std::vector<WorkshopAccount>> WorkshopService::list(std::optional<std::string> status,
                                                              std::optional<WorkshopId> before, int limit) {
  co_return co_await parts_.workshops.list(std::move(status), before, limit);
}

Awaitable<Result<WorkshopAccount>> WorkshopService::find(WorkshopId workshop) {
  auto found = co_await parts_.workshops.find(workshop);
  if (!found) co_return no_such_workshop();
  co_return std::move(*found);
}

Awaitable<Result<NewWorkshop>> WorkshopService::create(Actor actor, WorkshopRequest request) {
  const Timestamp now = parts_.clock.now();
  const Timestamp trial_ends_at = request.trial_ends_at.value_or(now + kTrial);
  if (trial_ends_at <= now) co_return invalid("trial_ends_at", "must lie ahead");
  if (Result<> sound = co_await check(request.timezone); !sound) co_return std::move(sound).error();
  std::string password = auth::make_temporary_password();
  const auto hash = co_await parts_.cpu.run<std::string>([password] { return auth::hash_password(password); });
  if (!hash) co_return Error{Errc::unavailable, "Too much is being signed up at once. Try again in a moment.", {}, 2};

  const WorkshopId id = co_await parts_.workshops.next_id();
  auto tx = co_await parts_.workshops.begin(id);
  NewWorkshopRow row{.by = actor.principal.user,
                     .name = std::move(request.name),
                     .address = std::move(request.address),
                     .phone = request.owner_phone,
                     .timezone = std::move(request.timezone),
                     .language = std::move(request.language),
                     .plan = std::move(request.plan),
                     .trial_ends_at = trial_ends_at};
  const std::string code = co_await WorkshopsRepository::create(tx, std::move(row));
  co_await WorkshopsRepository::furnish(tx, id, request.pits);
  NewOwner owner{.username = "owner_" + code,
                 .display_name = std::move(request.owner_name),
                 .email = std::move(request.owner_email),
                 .phone = std::move(request.owner_phone),
                 .password_hash = *hash,
                 .password_expires_at = now + kTemporaryPasswordLife};
  NewWorkshop made{
      .username = owner.username, .password = std::move(password), .password_expires_at = owner.password_expires_at};
  if (!co_await WorkshopsRepository::add_owner(tx, id, std::move(owner), parts_.data_key))
    co_return Error{Errc::conflict, "The user name " + made.username + " is taken.", {}, 0};
  made.workshop = *co_await WorkshopsRepository::lock(tx, id);
  co_await audit::record(
      tx, id, actor,
      {.action = "workshop.create", .subject = "workshop", .subject_id = id.value, .after = auditable(made.workshop)});
  co_await tx.commit();
  log::info("workshop_created", {{"workshop", code}, {"user", actor.principal.user}});
  co_return made;
}

Awaitable<Result<WorkshopAccount>> WorkshopService::change(Actor actor, WorkshopId workshop, WorkshopChange change) {
  if (change.status == suspended)
    co_return invalid("status", "is set by suspending the workshop, which needs a reason");
  co_return co_await change_state(std::move(actor), workshop, "workshop.change",
                                  [change = std::move(change)](WorkshopAccount& w) { return apply(change, w); });
}

Awaitable<Result<WorkshopAccount>> WorkshopService::suspend(Actor actor, WorkshopId workshop, std::string reason) {
  const Timestamp now = parts_.clock.now();
  co_return co_await change_state(
      std::move(actor), workshop, "workshop.suspend",
      [reason = std::move(reason), now](WorkshopAccount& w) { return apply_suspension(w, reason, now); });
}

Awaitable<Result<WorkshopAccount>> WorkshopService::resume(Actor actor, WorkshopId workshop, std::string reason) {
  co_return co_await change_state(
      std::move(actor), workshop, "workshop.resume",
      [reason = std::move(reason)](WorkshopAccount& w) { return apply_resumption(w, reason); });
}

Awaitable<Result<WorkshopAccount>> WorkshopService::change_state(Actor actor, WorkshopId id, std::string action,
                                                                 Change change) {
  auto tx = co_await parts_.workshops.begin(id);
  // Under the lock of its row no job begins (jobs/job_service.h), so that the count of
  // running jobs can only go down.
  auto workshop = co_await WorkshopsRepository::lock(tx, id);
  if (!workshop) co_return no_such_workshop();
  const WorkshopAccount before = *workshop;
  if (Result<> changed = change(*workshop); !changed) co_return std::move(changed).error();
  if (everything_of(*workshop) == everything_of(before)) co_return before;
  co_await WorkshopsRepository::save(tx, *workshop, actor.principal.user);
  if (workshop->plan != before.plan || workshop->subscription_expires_at != before.subscription_expires_at)
    co_await WorkshopsRepository::save_licences(tx, *workshop);
  workshop = co_await WorkshopsRepository::lock(tx, id);
  audit::Entry entry{.action = std::move(action),
                     .subject = "workshop",
                     .subject_id = id.value,
                     .before = auditable(before),
                     .after = auditable(*workshop)};
  co_await audit::record(tx, id, actor, std::move(entry));
  co_await tx.commit();
  parts_.directory_changed();
  co_return std::move(*workshop);
}

Awaitable<Result<WorkshopSettings>> WorkshopService::settings(WorkshopId workshop) {
  auto found = co_await parts_.workshops.settings(workshop);
  if (!found) co_return no_such_workshop();
  co_return std::move(*found);
}

Awaitable<Result<WorkshopSettings>> WorkshopService::change_settings(Actor actor, SettingsChange change) {
  if (Result<> sound = co_await check(change.timezone); !sound) co_return std::move(sound).error();
  if (change.working_hours)
    if (Result<> sound = check_working_hours(*change.working_hours); !sound) co_return std::move(sound).error();
  const WorkshopId id = actor.principal.workshop;
  auto tx = co_await parts_.workshops.begin(id);
  const auto before = co_await WorkshopsRepository::lock_settings(tx, id);
  if (!before) co_return no_such_workshop();
  WorkshopSettings after = *before;
  after.name = change.name.value_or(before->name);
  after.address = change.address.value_or(before->address);
  after.phone = change.phone.value_or(before->phone);
  after.timezone = change.timezone.value_or(before->timezone);
  after.language = change.language.value_or(before->language);
  after.working_hours = change.working_hours.value_or(before->working_hours);
  if (change.baseline_calls_per_job) after.baseline_calls_per_job = change.baseline_calls_per_job;
  after.recording_days = change.recording_days.value_or(before->recording_days);
  after.record_always = change.record_always.value_or(before->record_always);
  const std::string before_text = json::write(*before);
  if (json::write(after) == before_text) co_return after;
  co_await WorkshopsRepository::save_settings(tx, after);
  audit::Entry entry{.action = "workshop.settings",
                     .subject = "workshop",
                     .subject_id = id.value,
                     .before = before_text,
                     .after = json::write(after)};
  co_await audit::record(tx, id, actor, std::move(entry));
  co_await tx.commit();
  co_return after;
}

Awaitable<Result<>> WorkshopService::check(std::optional<std::string> timezone) {
  if (timezone && !co_await parts_.workshops.is_timezone(std::move(*timezone)))
    co_return invalid("timezone", "must be an IANA name such as Asia/Kolkata");
  co_return Done{};
}

}  // namespace pitview::workshops
