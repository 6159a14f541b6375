#include "jobs/job_service.h"

#include <algorithm>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "auth/password.h"
#include "jobs/customer_accounts.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::jobs {

// The data of the live event job_time.
struct JobTime {
  JobId job_id;
  std::optional<Timestamp> estimated_end_time;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(JobTime, (), (job_id, estimated_end_time, reason))

namespace {

using api::invalid;

// What the audit log keeps of a job: what a change can change.
struct Auditable {
  JobStatus status;
  std::optional<std::string> status_reason;
  std::optional<int> stage;
  std::optional<Timestamp> stage_started_at;
  std::optional<Timestamp> estimated_end_time;
  std::optional<std::string> time_reason;
  std::vector<UserId> staff;
  PitId pit_id;
  std::string customer_name;
  std::string car_model;
  std::string car_plate;
};
BOOST_DESCRIBE_STRUCT(Auditable, (),
                      (status, status_reason, stage, stage_started_at, estimated_end_time, time_reason, staff, pit_id,
                       customer_name, car_model, car_plate))

std::vector<UserId> staff_of(const Job& job) {
  std::vector<UserId> staff;
  for (const StaffMember& member : job.assigned_staff) staff.push_back(member.id);
  return staff;
}

std::string auditable(const Job& job) {
  std::optional<Timestamp> stage_started_at;
  if (job.current_stage) stage_started_at = job.stages[static_cast<std::size_t>(*job.current_stage) - 1].started_at;
  return json::write(Auditable{job.status, job.status_reason, job.current_stage, stage_started_at,
                               job.estimated_end_time, job.time_reason, staff_of(job), job.pit_id, job.customer_name,
                               job.car_model, job.car_plate});
}

Error restricted() {
  return {Errc::workshop_restricted,
          "The workshop's subscription allows no new work. What is under way can be finished.",
          {},
          0};
}

void take_times(Job& job, const std::vector<StageTimes>& times) {
  for (std::size_t i = 0; i < job.stages.size(); ++i) {
    job.stages[i].started_at = times[i].started_at;
    job.stages[i].finished_at = times[i].finished_at;
    job.stages[i].held = times[i].held;
  }
}

void start(Job& job, Timestamp now) {
  if (job.actual_start_time) return;
  job.actual_start_time = now;
  job.estimated_end_time = now + std::chrono::minutes(job.estimated_duration_minutes);
  std::vector<StageTimes> times = times_of(job);
  if (!times.empty() && move_to_stage(times, 1, now)) take_times(job, times);
}

void finish(Job& job, Timestamp now) {
  job.actual_end_time = now;
  std::vector<StageTimes> times = times_of(job);
  finish_stages(times, now);
  take_times(job, times);
}

// Ends a hold: the time the clock stood still is added to the promise.
void resume(Job& job, Timestamp now) {
  if (!job.held_since) return;
  job.estimated_end_time = *job.estimated_end_time + (now - *job.held_since);
  job.time_reason = job.status_reason;
  std::vector<StageTimes> times = times_of(job);
  add_held(times, *job.held_since, now);
  take_times(job, times);
  job.held_since.reset();
}

bool takes_reason(JobStatus status) { return status == JobStatus::on_hold || status == JobStatus::cancelled; }

Result<> apply_status(Job& job, JobStatus status, const std::optional<std::string>& reason, Timestamp now) {
  if (Result<> allowed = check_transition(job.status, status); !allowed) return allowed;
  if (job.status == status) {
    if (reason && status == JobStatus::on_hold) job.status_reason = reason;
    return Done{};
  }
  if (!is_over(status)) resume(job, now);
  job.held_since.reset();
  job.status = status;
  job.status_reason = reason;
  if (status == JobStatus::on_hold) job.held_since = now;
  if (status == JobStatus::in_progress) start(job, now);
  if (status == JobStatus::completed) finish(job, now);
  if (status == JobStatus::cancelled && job.actual_start_time) finish(job, now);
  return Done{};
}

Result<> require_running(const Job& job) {
  if (is_running(job.status)) return Done{};
  return {Errc::conflict, "The job is " + std::string(name_of(job.status)) + "; only a running job can be changed so."};
}

// Empty when all of `staff` are among those who may.
std::optional<Error> refuse_staff(const std::vector<UserId>& staff, const std::vector<UserId>& allowed) {
  Error error{Errc::validation_failed, "The request has a fault.", {}, 0};
  for (std::size_t i = 0; i < staff.size(); ++i)
    if (std::find(allowed.begin(), allowed.end(), staff[i]) == allowed.end())
      error.fields.push_back(
          {"user_ids[" + std::to_string(i) + "]", "is no active member of the staff who may work at this pit"});
  if (error.fields.empty()) return std::nullopt;
  return error;
}

}  // namespace

Awaitable<std::vector<Job>> JobService::list(WorkshopId workshop, Principal principal, JobFilter filter) {
  co_return co_await parts_.jobs.list(workshop, JobAccess::of(principal), std::move(filter), parts_.clock.now());
}

Awaitable<Result<Job>> JobService::find(Principal principal, JobId job) {
  auto found = co_await parts_.jobs.find(principal.workshop, JobAccess::of(principal), job, parts_.clock.now());
  if (!found) co_return no_such_job();
  co_return std::move(*found);
}

Awaitable<Result<std::vector<JobTimeChange>>> JobService::time_changes(Principal principal, JobId job,
                                                                       std::optional<std::int64_t> before, int limit) {
  auto found = co_await parts_.jobs.time_changes(principal.workshop, JobAccess::of(principal), job, before, limit);
  if (!found.exists) co_return no_such_job();
  if (principal.role == Role::customer)
    for (JobTimeChange& change : found.changes) change.by.reset();
  co_return std::move(found.changes);
}

Awaitable<Result<CreatedJob>> JobService::create(Actor actor, NewJob job) {
  const std::string password = auth::make_temporary_password();
  const WorkshopId workshop = actor.principal.workshop;
  Result<Template> work = co_await check_new_job(workshop, job);
  if (!work) co_return std::move(work).error();
  // Between the two transactions, so that no connection is held while it computes.
  const auto hash = co_await parts_.cpu.run<std::string>([password] { return auth::hash_password(password); });
  if (!hash) co_return Error{Errc::unavailable, "Too much is being signed up at once. Try again in a moment.", {}, 2};

  const Timestamp now = parts_.clock.now();
  auto tx = co_await parts_.jobs.begin(workshop);
  NewCustomer customer{job.customer_name, job.customer_phone, job.customer_email, *hash};
  const CustomerAccount account = co_await find_or_create_customer(tx, workshop, std::move(customer), parts_.data_key);
  const int minutes = job.estimated_duration_minutes ? *job.estimated_duration_minutes : *work->default_minutes;
  NewJobRow row{.workshop = workshop,
                .pit = job.pit,
                .customer = account.id,
                .customer_name = job.customer_name,
                .car_model = job.car_model,
                .car_plate = job.car_plate,
                .work = std::move(*work),
                .estimated_duration_minutes = minutes,
                .now = now};
  const std::optional<JobId> id = co_await JobsRepository::insert(tx, std::move(row));
  if (!id) co_return invalid("work_type", "has just been deleted");
  std::string tracking_url = co_await parts_.links.issue(tx, {workshop, *id, account.id, actor.principal.user, now});
  customers::NewConsents consents{.workshop = workshop,
                                  .customer = account.id,
                                  .recorded_by = actor.principal.user,
                                  .job = *id,
                                  .choice = job.consents,
                                  .now = now,
                                  .ip = actor.ip};
  const bool agreed_to_messages = co_await customers::ConsentsRepository::record_at_booking(tx, std::move(consents));
  auto created = co_await JobsRepository::lock(tx, JobAccess{}, *id, now);
  std::optional<messages::Secrets> credentials;
  if (account.created) credentials = messages::Secrets{account.username, password};
  co_await say(tx, *id, messages_of_booking(*created, std::move(credentials), now), now);
  co_await audit::record(
      tx, workshop, actor,
      {.action = "job.create", .subject = "job", .subject_id = id->value, .after = auditable(*created)});
  co_await tx.commit();

  announce(*created);
  CreatedJob result{.job = std::move(*created), .tracking_url = std::move(tracking_url)};
  result.can_send_messages = agreed_to_messages && (job.customer_phone || job.customer_email);
  if (account.created) result.credentials = Credentials{account.username, password};
  co_return result;
}

// The template of the new job, with a duration if the request has none; or what is wrong.
Awaitable<Result<Template>> JobService::check_new_job(WorkshopId workshop, const NewJob& job) {
  auto tx = co_await parts_.jobs.begin(workshop);
  if (!takes_new_work(co_await JobsRepository::hold_subscription(tx, workshop))) co_return restricted();
  if (!co_await JobsRepository::pit_is_open(tx, job.pit))
    co_return invalid("pit_id", "is no pit of this workshop that is in use");
  auto found = co_await JobsRepository::find_template(tx, job.work_type);
  co_await tx.commit();
  Template work = found.value_or(Template{.name = job.work_type});
  if (!work.default_minutes && !job.estimated_duration_minutes)
    co_return invalid("estimated_duration_minutes", "is required for a work type without a duration");
  co_return work;
}

Awaitable<Result<Job>> JobService::set_status(Actor actor, JobId job, JobStatus status,
                                              std::optional<std::string> reason) {
  if (reason && !takes_reason(status)) co_return invalid("reason", "is for on_hold and cancelled only");
  auto tx = co_await parts_.jobs.begin(actor.principal.workshop);
  // Held until the commit: a workshop is not suspended while a job of it begins.
  bool open = true;
  if (status == JobStatus::in_progress)
    open = takes_new_work(co_await JobsRepository::hold_subscription(tx, actor.principal.workshop));
  Change apply = [status, reason, open](Job& locked, Timestamp now) -> Result<> {
    if (!open && locked.status == JobStatus::waiting) return restricted();
    return apply_status(locked, status, reason, now);
  };
  co_return co_await change_in(std::move(tx), std::move(actor), job, "job.status", std::move(apply));
}

Awaitable<Result<Job>> JobService::set_stage(Actor actor, JobId job, int position, std::optional<Timestamp> began) {
  co_return co_await change(
      std::move(actor), job, "job.stage", [position, began](Job& locked, Timestamp now) -> Result<> {
        if (Result<> running = require_running(locked); !running) return running;
        std::vector<StageTimes> times = times_of(locked);
        Result<> moved = began ? correct_stage(times, position, *began, *locked.actual_start_time, now)
                               : move_to_stage(times, position, now);
        if (!moved) return moved;
        take_times(locked, times);
        return Done{};
      });
}

Awaitable<Result<Job>> JobService::set_end_time(Actor actor, JobId job, Timestamp estimated_end,
                                                std::optional<std::string> reason) {
  co_return co_await change(std::move(actor), job, "job.time",
                            [estimated_end, reason](Job& locked, Timestamp now) -> Result<> {
                              if (Result<> running = require_running(locked); !running) return running;
                              if (estimated_end <= *locked.actual_start_time)
                                return invalid("estimated_end_time", "must lie after the start of the job");
                              locked.estimated_end_time = estimated_end;
                              locked.time_reason = reason;
                              // The new promise knows of the hold until now.
                              if (locked.held_since) locked.held_since = now;
                              return Done{};
                            });
}

Awaitable<Result<Job>> JobService::set_staff(Actor actor, JobId job, std::vector<UserId> staff) {
  const WorkshopId workshop = actor.principal.workshop;
  Result<Locked> locked = co_await lock(co_await parts_.jobs.begin(workshop), actor, job);
  if (!locked) co_return std::move(locked).error();
  if (is_over(locked->job.status)) co_return Error{Errc::conflict, "The job is over.", {}, 0};
  const auto allowed = co_await JobsRepository::who_may_work(locked->tx, staff, locked->job.pit_id);
  if (auto refused = refuse_staff(staff, allowed)) co_return std::move(*refused);
  co_await JobsRepository::set_staff(locked->tx, workshop, job, std::move(staff));
  auto after = co_await JobsRepository::lock(locked->tx, JobAccess{}, job, locked->now);
  locked->job.assigned_staff = std::move(after->assigned_staff);
  co_return co_await store(std::move(*locked), std::move(actor), "job.staff");
}

Awaitable<Result<Job>> JobService::mend(Actor actor, JobId job, JobMend mend) {
  Result<Locked> locked = co_await lock(co_await parts_.jobs.begin(actor.principal.workshop), actor, job);
  if (!locked) co_return std::move(locked).error();
  Job& mended = locked->job;
  if (mend.pit && *mend.pit != mended.pit_id)
    if (Result<> moved = co_await move_to_pit(*locked, *mend.pit); !moved) co_return std::move(moved).error();
  if (mend.customer_name) mended.customer_name = std::move(*mend.customer_name);
  if (mend.car_model) mended.car_model = std::move(*mend.car_model);
  if (mend.car_plate) mended.car_plate = std::move(*mend.car_plate);
  co_return co_await store(std::move(*locked), std::move(actor), "job.mend");
}

Awaitable<Result<>> JobService::move_to_pit(Locked& locked, PitId pit) {
  if (locked.job.status != JobStatus::waiting)
    co_return Error{Errc::conflict, "Only a job that waits can be moved to another pit.", {}, 0};
  if (!co_await JobsRepository::pit_is_open(locked.tx, pit))
    co_return invalid("pit_id", "is no pit of this workshop that is in use");
  const std::vector<UserId> staff = staff_of(locked.job);
  if ((co_await JobsRepository::who_may_work(locked.tx, staff, pit)).size() != staff.size())
    co_return invalid("pit_id", "is a pit where somebody of the job's staff may not work");
  locked.job.pit_id = pit;
  co_return Done{};
}

Awaitable<Result<Job>> JobService::change(Actor actor, JobId job, std::string action, Change change) {
  auto tx = co_await parts_.jobs.begin(actor.principal.workshop);
  co_return co_await change_in(std::move(tx), std::move(actor), job, std::move(action), std::move(change));
}

Awaitable<Result<Job>> JobService::change_in(postgres::Transaction tx, Actor actor, JobId job, std::string action,
                                             Change change) {
  Result<Locked> locked = co_await lock(std::move(tx), actor, job);
  if (!locked) co_return std::move(locked).error();
  if (Result<> changed = change(locked->job, locked->now); !changed) co_return std::move(changed).error();
  co_return co_await store(std::move(*locked), std::move(actor), std::move(action));
}

Awaitable<Result<JobService::Locked>> JobService::lock(postgres::Transaction tx, Actor actor, JobId job) {
  auto found = co_await JobsRepository::lock(tx, JobAccess::of(actor.principal), job, parts_.clock.now());
  if (!found) co_return no_such_job();
  // Read under the lock and never before the last change: who waited for the lock
  // must not write an earlier time than who had it.
  const Timestamp now = std::max(parts_.clock.now(), found->updated_at + std::chrono::microseconds(1));
  Job before = *found;
  co_return Locked{std::move(tx), std::move(*found), now, std::move(before)};
}

Awaitable<Result<Job>> JobService::store(Locked locked, Actor actor, std::string action) {
  Job& job = locked.job;
  derive(job, locked.now);
  audit::Entry entry{.action = std::move(action),
                     .subject = "job",
                     .subject_id = job.job_id.value,
                     .before = auditable(locked.before),
                     .after = auditable(job)};
  if (entry.before == entry.after) co_return std::move(job);
  job.updated_at = locked.now;
  try {
    co_await JobsRepository::save(locked.tx, job);
  } catch (const postgres::QueryFailed& e) {
    if (!postgres::is_unique_violation(e, kOneRunningPerPit)) throw;
    co_return Error{Errc::pit_busy, "Another job is running at this pit. Finish it or put this one elsewhere.", {}, 0};
  }
  if (job.pit_id != locked.before.pit_id)  // its number has changed with it
    job = *co_await JobsRepository::lock(locked.tx, JobAccess{}, job.job_id, locked.now);
  const bool promised_otherwise =
      locked.before.estimated_end_time && job.estimated_end_time != locked.before.estimated_end_time;
  if (promised_otherwise) co_await note_time_change(locked, actor.principal.user);
  const bool is_done = job.status == JobStatus::completed && locked.before.status != JobStatus::completed;
  const bool has_after_care = is_done && co_await messages::Outbox::has_after_care(locked.tx);
  co_await say(locked.tx, job.job_id, messages_of_change(locked.before, job, has_after_care, locked.now), locked.now);
  co_await audit::record(locked.tx, job.workshop_id, actor, std::move(entry));
  co_await locked.tx.commit();

  announce(job);
  if (promised_otherwise)
    parts_.hub.publish({"job_time",
                        job.workshop_id,
                        job.pit_id,
                        job.job_id,
                        {},
                        json::write(JobTime{job.job_id, job.estimated_end_time, job.time_reason})});
  if (is_over(job.status) && !is_over(locked.before.status))
    co_await parts_.conditions.freeze_after(job.workshop_id, job.job_id);
  co_return std::move(job);
}

Awaitable<> JobService::say(postgres::Transaction& tx, JobId job, JobMessages said, Timestamp now) const {
  if (!said.take_back.empty()) co_await messages::Outbox::take_back(tx, job, std::move(said.take_back), now);
  for (messages::NewMessage& message : said.put) co_await parts_.outbox.put(tx, job, std::move(message), now);
}

Awaitable<> JobService::note_time_change(Locked& locked, UserId by) {
  const Job& job = locked.job;
  const bool was_held = locked.before.held_since && !job.held_since;
  JobTimeChange change{.at = locked.now,
                       .end_before = *locked.before.estimated_end_time,
                       .end_after = *job.estimated_end_time,
                       .cause = was_held ? TimeChangeCause::hold : TimeChangeCause::staff,
                       .reason = job.time_reason};
  co_await JobsRepository::add_time_change(locked.tx, job.workshop_id, job.job_id, {std::move(change), by});
}

void JobService::announce(const Job& job) {
  parts_.hub.publish({"job_status", job.workshop_id, job.pit_id, job.job_id, {}, json::write(job)});
}

}  // namespace pitview::jobs
