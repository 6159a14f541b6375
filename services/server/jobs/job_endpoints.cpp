#include "jobs/job_endpoints.h"

#include <limits>

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::jobs {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct JobPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(JobPath, (), (id))

struct JobQuery {
  std::optional<WorkshopId> workshop_id;
  std::vector<JobStatus> status;
  std::optional<PitId> pit_id;
  std::optional<json::Text<1, 80>> work_type;
  std::optional<UserId> staff_id;
  std::optional<json::Text<1, 60>> q;
  std::optional<Timestamp> from;  // default: 90 days ago
  std::optional<Timestamp> to;
  std::optional<JobId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(JobQuery, (), (workshop_id, status, pit_id, work_type, staff_id, q, from, to, cursor, limit))

using Minutes = json::Int<1, 43200>;

struct BookingConsents {
  std::optional<bool> live_video;
  std::optional<bool> recording;
  std::optional<bool> messages;
};
BOOST_DESCRIBE_STRUCT(BookingConsents, (), (live_video, recording, messages))

struct JobCreate {
  json::Text<1, 120> customer_name;
  std::optional<json::Phone> customer_phone;
  std::optional<json::Email> customer_email;
  json::Text<1, 120> car_model;
  json::Text<1, 20> car_plate;
  PitId pit_id;
  json::Text<1, 80> work_type;
  std::optional<Minutes> estimated_duration_minutes;
  std::optional<BookingConsents> consents;  // what the customer said at the booking
};
BOOST_DESCRIBE_STRUCT(JobCreate, (),
                      (customer_name, customer_phone, customer_email, car_model, car_plate, pit_id, work_type,
                       estimated_duration_minutes, consents))

struct CustomerCredentials {
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(CustomerCredentials, (), (username, password))

struct JobCreated {
  JobId job_id;
  std::optional<CustomerCredentials> customer_credentials;
  std::string tracking_url;
  bool can_send_messages = false;
  Job job;
};
BOOST_DESCRIBE_STRUCT(JobCreated, (), (job_id, customer_credentials, tracking_url, can_send_messages, job))

// In words for the customer.
using Reason = json::Text<1, 300>;

struct StatusChange {
  JobStatus status = JobStatus::waiting;
  std::optional<Reason> reason;
};
BOOST_DESCRIBE_STRUCT(StatusChange, (), (status, reason))

struct StatusChanged {
  JobId job_id;
  JobStatus status = JobStatus::waiting;
  Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(StatusChanged, (), (job_id, status, updated_at))

struct TimeChange {
  Timestamp estimated_end_time;
  std::optional<Reason> reason;
};
BOOST_DESCRIBE_STRUCT(TimeChange, (), (estimated_end_time, reason))

struct TimeChanged {
  JobId job_id;
  std::optional<Timestamp> estimated_end_time;
};
BOOST_DESCRIBE_STRUCT(TimeChanged, (), (job_id, estimated_end_time))

struct TimeChangesQuery {
  std::optional<json::Int<1, std::numeric_limits<std::int64_t>::max()>> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(TimeChangesQuery, (), (cursor, limit))

struct StageChange {
  json::Int<1, 50> stage;
  std::optional<Timestamp> started_at;
};
BOOST_DESCRIBE_STRUCT(StageChange, (), (stage, started_at))

struct JobStaffBody {
  std::vector<UserId> user_ids;
};
BOOST_DESCRIBE_STRUCT(JobStaffBody, (), (user_ids))

struct JobMendBody {
  std::optional<json::Text<1, 120>> customer_name;
  std::optional<json::Text<1, 120>> car_model;
  std::optional<json::Text<1, 20>> car_plate;
  std::optional<PitId> pit_id;
};
BOOST_DESCRIBE_STRUCT(JobMendBody, (), (customer_name, car_model, car_plate, pit_id))

namespace {

constexpr std::chrono::days kHistory{90};  // decision D28
constexpr std::size_t kMaxStaff = 20;

template <class Wrapped>
std::optional<std::string> text_of(const std::optional<Wrapped>& value) {
  if (!value) return std::nullopt;
  return value->value;
}

class JobEndpoints {
 public:
  explicit JobEndpoints(JobService& service) : service_(service) {}

  Awaitable<Result<std::vector<Job>>> list(Caller& caller, JobQuery query) {
    const Principal& principal = caller.principal;
    const Result<WorkshopId> workshop = api::workshop_of(principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    const Timestamp from = query.from.value_or(service_.now() - kHistory);
    if (query.to && *query.to <= from) co_return api::invalid("to", "must lie after `from`, by default 90 days ago");
    const int limit = api::limit_of(query.limit);
    JobFilter filter{.statuses = std::move(query.status),
                     .pit = query.pit_id,
                     .work_type = text_of(query.work_type),
                     .staff = query.staff_id,
                     .search = text_of(query.q),
                     .from = from,
                     .to = query.to,
                     .before = query.cursor,
                     .limit = limit};
    std::vector<Job> jobs = co_await service_.list(*workshop, principal, std::move(filter));
    if (static_cast<int>(jobs.size()) == limit) api::add_next_link(caller, jobs.back().job_id.value);
    co_return jobs;
  }

  Awaitable<Result<JobCreated>> create(Caller& caller, JobCreate body) {
    NewJob job{.customer_name = body.customer_name.value,
               .customer_phone = text_of(body.customer_phone),
               .customer_email = text_of(body.customer_email),
               .car_model = body.car_model.value,
               .car_plate = body.car_plate.value,
               .pit = body.pit_id,
               .work_type = body.work_type.value};
    if (body.estimated_duration_minutes)
      job.estimated_duration_minutes = static_cast<int>(body.estimated_duration_minutes->value);
    if (body.consents) job.consents = {body.consents->live_video, body.consents->recording, body.consents->messages};
    Result<CreatedJob> created = co_await service_.create(audit::actor_of(caller), std::move(job));
    if (!created) co_return std::move(created).error();
    JobCreated answer{.job_id = created->job.job_id,
                      .tracking_url = std::move(created->tracking_url),
                      .can_send_messages = created->can_send_messages,
                      .job = std::move(created->job)};
    if (created->credentials)
      answer.customer_credentials = CustomerCredentials{created->credentials->username, created->credentials->password};
    caller.headers.emplace_back("Cache-Control", "no-store");
    co_return answer;
  }

  Awaitable<Result<Job>> find(Caller& caller, JobId job) { return service_.find(caller.principal, job); }

  Awaitable<Result<StatusChanged>> set_status(Caller& caller, JobId id, StatusChange body) {
    Result<Job> job = co_await service_.set_status(audit::actor_of(caller), id, body.status, text_of(body.reason));
    if (!job) co_return std::move(job).error();
    co_return StatusChanged{job->job_id, job->status, job->updated_at};
  }

  Awaitable<Result<TimeChanged>> set_time(Caller& caller, JobId id, TimeChange body) {
    Result<Job> job =
        co_await service_.set_end_time(audit::actor_of(caller), id, body.estimated_end_time, text_of(body.reason));
    if (!job) co_return std::move(job).error();
    co_return TimeChanged{job->job_id, job->estimated_end_time};
  }

  Awaitable<Result<Job>> set_stage(Caller& caller, JobId id, StageChange body) {
    return service_.set_stage(audit::actor_of(caller), id, static_cast<int>(body.stage.value), body.started_at);
  }

  Awaitable<Result<std::vector<JobTimeChange>>> time_changes(Caller& caller, JobId id, TimeChangesQuery query) {
    const int limit = api::limit_of(query.limit);
    std::optional<std::int64_t> before;
    if (query.cursor) before = query.cursor->value;
    auto changes = co_await service_.time_changes(caller.principal, id, before, limit);
    if (changes && static_cast<int>(changes->size()) == limit) api::add_next_link(caller, changes->back().id);
    co_return changes;
  }

  Awaitable<Result<Job>> set_staff(Caller& caller, JobId id, JobStaffBody body) {
    if (body.user_ids.size() > kMaxStaff) co_return api::invalid("user_ids", "must be at most 20");
    co_return co_await service_.set_staff(audit::actor_of(caller), id, std::move(body.user_ids));
  }

  Awaitable<Result<Job>> mend(Caller& caller, JobId id, JobMendBody body) {
    JobMend mend{text_of(body.customer_name), text_of(body.car_model), text_of(body.car_plate), body.pit_id};
    return service_.mend(audit::actor_of(caller), id, std::move(mend));
  }

 private:
  JobService& service_;
};

}  // namespace

void add_job_endpoints(api::Api& api, JobService& service) {
  const auto jobs = std::make_shared<JobEndpoints>(service);

  api.add<Nothing, JobQuery, Nothing, std::vector<Job>>(
      {.method = Method::get,
       .path = "/api/jobs",
       .needs = Needs(Permission::jobs_read),
       .id = "list_jobs",
       .summary = "Jobs, the newest first",
       .tag = "jobs",
       .description =
           "Customers get their own, operators those at their pits. `status` may be given several times; `q` "
           "is looked for in the customer's name and the plate, however that is spaced. Without `from`, jobs "
           "that were over 90 days ago are left out; with `from` and `to` those that were there in between "
           "are listed. The next page is in the Link header."},
      [jobs](Caller& caller, auto input) { return jobs->list(caller, std::move(input.query)); });

  api.add<Nothing, Nothing, JobCreate, JobCreated>(
      {.method = Method::post,
       .path = "/api/jobs",
       .needs = Needs(Permission::jobs_create),
       .id = "create_job",
       .summary = "Book a job and give its customer an account",
       .tag = "jobs",
       .description = "Password and tracking link are shown this once. A customer who comes back with the same phone "
                      "number keeps the account; customer_credentials is null then. can_send_messages: there is a "
                      "telephone number or an e-mail address, and the customer agreed to messages. "
                      "workshop_restricted when the subscription allows no new work.",
       .status = 201,
       .problems = {Errc::workshop_restricted, Errc::unavailable}},
      [jobs](Caller& caller, auto input) { return jobs->create(caller, std::move(input.body)); });

  api.add<JobPath, Nothing, Nothing, Job>(
      {.method = Method::get,
       .path = "/api/jobs/{id}",
       .needs = Needs(Permission::jobs_read),
       .id = "get_job",
       .summary = "One job",
       .tag = "jobs",
       .problems = {Errc::not_found}},
      [jobs](Caller& caller, auto input) { return jobs->find(caller, input.path.id); });

  api.add<JobPath, Nothing, JobMendBody, Job>(
      {.method = Method::patch,
       .path = "/api/jobs/{id}",
       .needs = Needs(Permission::jobs_create),
       .id = "mend_job",
       .summary = "Mend what was written down when it was booked",
       .tag = "jobs",
       .description = "What is left out stays as it is. Another pit only while the job waits. The customer's account "
                      "keeps its name.",
       .problems = {Errc::not_found, Errc::conflict}},
      [jobs](Caller& caller, auto input) { return jobs->mend(caller, input.path.id, std::move(input.body)); });

  api.add<JobPath, Nothing, JobStaffBody, Job>(
      {.method = Method::put,
       .path = "/api/jobs/{id}/staff",
       .needs = Needs(Permission::jobs_assign),
       .id = "set_job_staff",
       .summary = "Say who works on a job",
       .tag = "jobs",
       .description = "Active staff of the workshop, at most 20; operators only where they are permitted at the job's "
                      "pit.",
       .problems = {Errc::not_found, Errc::conflict}},
      [jobs](Caller& caller, auto input) { return jobs->set_staff(caller, input.path.id, std::move(input.body)); });

  api.add<JobPath, Nothing, StatusChange, StatusChanged>(
      {.method = Method::patch,
       .path = "/api/jobs/{id}/status",
       .needs = Needs(Permission::jobs_update_status),
       .id = "set_job_status",
       .summary = "Move a job on",
       .tag = "jobs",
       .description = "on_hold stops the clock: the time until the job goes on is added to the promised end. `reason`, "
                      "with on_hold and cancelled only, is shown to the customer. A job begins only where the "
                      "workshop's subscription allows new work; one that has begun can always be finished.",
       .problems = {Errc::not_found, Errc::invalid_transition, Errc::pit_busy, Errc::workshop_restricted}},
      [jobs](Caller& caller, auto input) { return jobs->set_status(caller, input.path.id, std::move(input.body)); });

  api.add<JobPath, Nothing, TimeChange, TimeChanged>(
      {.method = Method::patch,
       .path = "/api/jobs/{id}/time",
       .needs = Needs(Permission::jobs_update_time),
       .id = "set_job_time",
       .summary = "Promise another time",
       .tag = "jobs",
       .description = "`reason` is shown to the customer.",
       .problems = {Errc::not_found, Errc::conflict}},
      [jobs](Caller& caller, auto input) { return jobs->set_time(caller, input.path.id, std::move(input.body)); });

  api.add<JobPath, TimeChangesQuery, Nothing, std::vector<JobTimeChange>>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/time",
       .needs = Needs(Permission::jobs_read),
       .id = "list_job_time_changes",
       .summary = "Each time the promised end moved, the newest first",
       .tag = "jobs",
       .description = "Customers are not told who moved it. The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [jobs](Caller& caller, auto input) { return jobs->time_changes(caller, input.path.id, input.query); });

  api.add<JobPath, Nothing, StageChange, Job>(
      {.method = Method::patch,
       .path = "/api/jobs/{id}/stage",
       .needs = Needs(Permission::jobs_update_stage),
       .id = "set_job_stage",
       .summary = "Say which stage is under way",
       .tag = "jobs",
       .description = "With `started_at` the stage began then, and the one before it ended then: for what was not said "
                      "in time.",
       .problems = {Errc::not_found, Errc::conflict}},
      [jobs](Caller& caller, auto input) { return jobs->set_stage(caller, input.path.id, input.body); });
}

}  // namespace pitview::jobs
