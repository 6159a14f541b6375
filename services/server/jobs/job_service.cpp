#include "jobs/job_service.h"

#include <algorithm>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "auth/password.h"
#include "jobs/customer_accounts.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::jobs {
namespace {

using api::invalid;

// What the audit log keeps of a job: what a change can change.
struct Auditable {
  JobStatus status;
  std::optional<int> stage;
  std::optional<Timestamp> estimated_end_time;
};
BOOST_DESCRIBE_STRUCT(Auditable, (), (status, stage, estimated_end_time))

std::string auditable(const Job& job) {
  return json::write(Auditable{job.status, job.current_stage, job.estimated_end_time});
}

Error no_such_job() { return {Errc::not_found, "There is no such job.", {}, 0}; }

void take_times(Job& job, const std::vector<StageTimes>& times) {
  for (std::size_t i = 0; i < job.stages.size(); ++i) {
    job.stages[i].started_at = times[i].started_at;
    job.stages[i].finished_at = times[i].finished_at;
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

Result<> apply_status(Job& job, JobStatus status, Timestamp now) {
  if (Result<> allowed = check_transition(job.status, status); !allowed) return allowed;
  job.status = status;
  if (status == JobStatus::in_progress) start(job, now);
  if (status == JobStatus::completed) finish(job, now);
  if (status == JobStatus::cancelled && job.actual_start_time) finish(job, now);
  return Done{};
}

Result<> require_running(const Job& job) {
  if (is_running(job.status)) return Done{};
  return {Errc::conflict, "The job is " + std::string(name_of(job.status)) + "; only a running job can be changed so."};
}

}  // namespace

Awaitable<std::vector<Job>> JobService::list(WorkshopId workshop, Principal principal, JobFilter filter) {
  co_return co_await parts_.jobs.list(workshop, JobAccess::of(principal), filter, parts_.clock.now());
}

Awaitable<Result<Job>> JobService::find(Principal principal, JobId job) {
  auto found = co_await parts_.jobs.find(principal.workshop, JobAccess::of(principal), job, parts_.clock.now());
  if (!found) co_return no_such_job();
  co_return std::move(*found);
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
  NewJobRow row{.workshop = workshop,
                .pit = job.pit,
                .customer = account.id,
                .customer_name = job.customer_name,
                .car_model = job.car_model,
                .car_plate = job.car_plate,
                .work_type = work->name,
                .estimated_duration_minutes = job.estimated_duration_minutes.value_or(work->default_minutes),
                .stages = std::move(work->stages),
                .now = now};
  const JobId id = co_await JobsRepository::insert(tx, std::move(row));
  std::string tracking_url = co_await parts_.links.issue(tx, {workshop, id, account.id, actor.principal.user, now});
  customers::NewConsents consents{.workshop = workshop,
                                  .customer = account.id,
                                  .recorded_by = actor.principal.user,
                                  .job = id,
                                  .choice = job.consents,
                                  .now = now,
                                  .ip = actor.ip};
  const bool agreed_to_messages = co_await customers::ConsentsRepository::record_at_booking(tx, std::move(consents));
  auto created = co_await JobsRepository::lock(tx, JobAccess{}, id, now);
  co_await audit::record(
      tx, workshop, actor,
      {.action = "job.create", .subject = "job", .subject_id = id.value, .after = auditable(*created)});
  co_await tx.commit();

  announce(*created);
  CreatedJob result{.job = std::move(*created), .tracking_url = std::move(tracking_url)};
  result.can_send_messages = agreed_to_messages && (job.customer_phone || job.customer_email);
  if (account.created) result.credentials = Credentials{account.username, password};
  co_return result;
}

// The template of the new job, or what is wrong with the request.
Awaitable<Result<Template>> JobService::check_new_job(WorkshopId workshop, const NewJob& job) {
  auto tx = co_await parts_.jobs.begin(workshop);
  if (!co_await JobsRepository::pit_is_open(tx, job.pit))
    co_return invalid("pit_id", "is no pit of this workshop that is in use");
  auto found = co_await JobsRepository::find_template(tx, job.work_type);
  co_await tx.commit();
  if (found) co_return std::move(*found);
  if (!job.estimated_duration_minutes)
    co_return invalid("estimated_duration_minutes", "is required for a work type without a template");
  Template custom{.name = job.work_type};
  custom.stages.push_back({.position = 1, .name = job.work_type});
  co_return custom;
}

Awaitable<Result<Job>> JobService::set_status(Actor actor, JobId job, JobStatus status) {
  co_return co_await change(std::move(actor), job, "job.status",
                            [status](Job& locked, Timestamp now) { return apply_status(locked, status, now); });
}

Awaitable<Result<Job>> JobService::set_stage(Actor actor, JobId job, int position) {
  co_return co_await change(std::move(actor), job, "job.stage", [position](Job& locked, Timestamp now) -> Result<> {
    if (Result<> running = require_running(locked); !running) return running;
    std::vector<StageTimes> times = times_of(locked);
    if (Result<> moved = move_to_stage(times, position, now); !moved) return moved;
    take_times(locked, times);
    return Done{};
  });
}

Awaitable<Result<Job>> JobService::set_end_time(Actor actor, JobId job, Timestamp estimated_end) {
  co_return co_await change(std::move(actor), job, "job.time", [estimated_end](Job& locked, Timestamp) -> Result<> {
    if (Result<> running = require_running(locked); !running) return running;
    if (estimated_end <= *locked.actual_start_time)
      return invalid("estimated_end_time", "must lie after the start of the job");
    locked.estimated_end_time = estimated_end;
    return Done{};
  });
}

Awaitable<Result<Job>> JobService::change(Actor actor, JobId job, std::string action, Change change) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.jobs.begin(workshop);
  auto locked = co_await JobsRepository::lock(tx, JobAccess::of(actor.principal), job, parts_.clock.now());
  if (!locked) co_return no_such_job();

  // Read under the lock and never before the last change: who waited for the lock
  // must not write an earlier time than who had it.
  const Timestamp now = std::max(parts_.clock.now(), locked->updated_at + std::chrono::microseconds(1));
  const std::string before = auditable(*locked);
  if (Result<> changed = change(*locked, now); !changed) co_return std::move(changed).error();
  derive(*locked, now);
  if (auditable(*locked) == before) co_return std::move(*locked);
  locked->updated_at = now;
  try {
    co_await JobsRepository::save(tx, *locked);
  } catch (const postgres::QueryFailed& e) {
    if (!postgres::is_unique_violation(e, kOneRunningPerPit)) throw;
    co_return Error{Errc::pit_busy, "Another job is running at this pit. Finish it or put this one elsewhere.", {}, 0};
  }
  audit::Entry entry{.action = std::move(action),
                     .subject = "job",
                     .subject_id = job.value,
                     .before = before,
                     .after = auditable(*locked)};
  co_await audit::record(tx, workshop, actor, std::move(entry));
  co_await tx.commit();

  announce(*locked);
  co_return std::move(*locked);
}

void JobService::announce(const Job& job) {
  parts_.hub.publish({"job_status", job.workshop_id, job.pit_id, job.job_id, {}, json::write(job)});
}

}  // namespace pitview::jobs
