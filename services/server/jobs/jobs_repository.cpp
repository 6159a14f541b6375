#include "jobs/jobs_repository.h"

#include <array>
#include <limits>

namespace pitview::jobs {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

// Jobs with their staff, and a row for each of their stages: all of a list in one
// statement, because each further one would be a round trip. JOBS begins the condition
// on `jobs j`, which may end in a limit; WITH_STAGES comes behind it, and then the order.
#define JOBS                                                                                                           \
  "SELECT j.id, j.workshop_id, j.pit_id, p.pit_number, j.customer_name, j.car_model, j.car_plate, j.work_type, "       \
  "j.status, j.status_reason, j.held_since, j.estimated_duration_minutes, j.actual_start_time, j.estimated_end_time, " \
  "j.time_reason, j.actual_end_time, j.created_at, j.updated_at, m.staff_ids, m.staff_names, "                         \
  "s.position, s.name AS stage_name, s.weight, s.sentence, s.started_at, s.finished_at, s.held_seconds "               \
  "FROM (SELECT * FROM jobs j WHERE"
#define WITH_STAGES                                                                                                \
  ") j JOIN pits p ON p.id = j.pit_id CROSS JOIN LATERAL ("                                                        \
  "SELECT coalesce(array_agg(b.id), '{}') AS staff_ids, coalesce(array_agg(b.display_name), '{}') AS staff_names " \
  "FROM (SELECT u.id, u.display_name FROM job_staff a JOIN users u ON u.id = a.user_id WHERE a.job_id = j.id "     \
  "ORDER BY u.display_name, u.id) b) m "                                                                           \
  "LEFT JOIN job_stages s ON s.job_id = j.id ORDER BY j.id "

// What a list is asked for most: all the newest. Apart from kList, because the planner
// cannot know which of that one's conditions are empty: it would plan anew each time
// (0.4 ms), or sort all jobs of the workshop to give 20 of them.
constexpr Statement kNewest{"newest_jobs", JOBS R"sql(
  (j.status NOT IN ('completed', 'cancelled') OR coalesce(j.actual_end_time, j.updated_at) >= $1)
  AND j.id < $2 ORDER BY j.id DESC LIMIT $3)sql" WITH_STAGES "DESC, s.position"};

// Spaces and hyphens of a plate count for nothing. strpos() has no wildcards to be escaped.
constexpr Statement kList{"list_jobs", JOBS PITVIEW_JOB_ACCESS R"sql(
  AND ($3::text[] IS NULL OR j.status = ANY ($3)) AND ($4::bigint IS NULL OR j.pit_id = $4)
  AND ($5::text IS NULL OR lower(j.work_type) = lower($5))
  AND ($6::bigint IS NULL OR EXISTS (SELECT 1 FROM job_staff w WHERE w.job_id = j.id AND w.user_id = $6))
  AND ($7::text IS NULL OR strpos(lower(j.customer_name), lower($7)) > 0
       OR (translate($7, ' -', '') <> ''
           AND strpos(translate(lower(j.car_plate), ' -', ''), translate(lower($7), ' -', '')) > 0))
  AND (j.status NOT IN ('completed', 'cancelled') OR coalesce(j.actual_end_time, j.updated_at) >= $8)
  AND ($9::timestamptz IS NULL OR j.created_at < $9)
  AND j.id < $10 ORDER BY j.id DESC LIMIT $11)sql" WITH_STAGES "DESC, s.position"};

constexpr Statement kFind{"find_job", JOBS PITVIEW_JOB_ACCESS "AND j.id = $3" WITH_STAGES ", s.position"};

constexpr Statement kRunning{"running_jobs", JOBS PITVIEW_JOB_ACCESS
                             "AND j.status IN ('in_progress', 'on_hold', 'quality_check')" WITH_STAGES ", s.position"};

#undef JOBS
#undef WITH_STAGES

// Apart from kFind: what a statement that waited for a lock reads of other tables is
// as old as its beginning.
constexpr Statement kLock{"lock_job", "SELECT 1 FROM jobs j WHERE" PITVIEW_JOB_ACCESS "AND j.id = $3 FOR UPDATE"};

constexpr Statement kTimeChanges{"job_time_changes", R"sql(
  SELECT c.id, c.at, c.changed_by, u.display_name, c.end_before, c.end_after, c.cause, c.reason
  FROM jobs j LEFT JOIN (
    SELECT * FROM job_time_changes WHERE job_id = $3 AND ($4::bigint IS NULL OR id < $4) ORDER BY id DESC LIMIT $5) c
    ON true
  LEFT JOIN users u ON u.id = c.changed_by
  WHERE j.id = $3 AND)sql" PITVIEW_JOB_ACCESS "ORDER BY c.id DESC"};

constexpr Statement kPitIsOpen{"pit_is_open", "SELECT 1 FROM pits WHERE id = $1 AND status = 'active'"};

constexpr Statement kHoldSubscription{"hold_subscription",
                                      "SELECT subscription_status FROM workshops WHERE id = $1 FOR SHARE"};

constexpr Statement kFindTemplate{
    "find_template", "SELECT id, name, default_minutes FROM work_type_templates WHERE lower(name) = lower($1)"};

constexpr Statement kInsertJob{"insert_job", R"sql(
  INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type,
                    estimated_duration_minutes, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id)sql"};

constexpr Statement kCopyStages{"copy_template_stages", R"sql(
  INSERT INTO job_stages (workshop_id, job_id, position, name, weight, sentence, temperature_min, temperature_max,
                          humidity_min, humidity_max, dew_margin_min, aqi_max)
  SELECT s.workshop_id, $1, s.position, s.name, s.weight, s.sentence,
         coalesce(s.temperature_min, t.temperature_min), coalesce(s.temperature_max, t.temperature_max),
         coalesce(s.humidity_min, t.humidity_min), coalesce(s.humidity_max, t.humidity_max),
         coalesce(s.dew_margin_min, t.dew_margin_min), coalesce(s.aqi_max, t.aqi_max)
  FROM work_type_templates t JOIN template_stages s ON s.template_id = t.id WHERE t.id = $2)sql"};

constexpr Statement kInsertStage{
    "insert_job_stage",
    "INSERT INTO job_stages (workshop_id, job_id, position, name, weight) VALUES ($1, $2, 1, $3, 1)"};

constexpr Statement kSaveJob{"save_job", R"sql(
  UPDATE jobs SET status = $2, status_reason = $3, held_since = $4, actual_start_time = $5, estimated_end_time = $6,
                  time_reason = $7, actual_end_time = $8, pit_id = $9, customer_name = $10, car_model = $11,
                  car_plate = $12, updated_at = $13
  WHERE id = $1)sql"};

constexpr Statement kSaveStage{"save_job_stage", R"sql(
  UPDATE job_stages SET started_at = $3, finished_at = $4, held_seconds = $5 WHERE job_id = $1 AND position = $2)sql"};

constexpr Statement kAddTimeChange{"add_job_time_change", R"sql(
  INSERT INTO job_time_changes (workshop_id, job_id, at, changed_by, end_before, end_after, cause, reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8))sql"};

constexpr Statement kWhoMayWork{"who_may_work", R"sql(
  SELECT u.id FROM users u
  WHERE u.id = ANY ($1) AND u.role IN ('owner', 'manager', 'operator') AND u.disabled_at IS NULL
    AND (u.role <> 'operator'
         OR EXISTS (SELECT 1 FROM staff_pit_permissions s WHERE s.user_id = u.id AND s.pit_id = $2)))sql"};

constexpr Statement kRemoveStaff{"remove_job_staff", "DELETE FROM job_staff WHERE job_id = $1 AND user_id <> ALL ($2)"};

constexpr Statement kAddStaff{"add_job_staff", R"sql(
  INSERT INTO job_staff (workshop_id, job_id, user_id) SELECT $1, $2, unnest($3::bigint[]) ON CONFLICT DO NOTHING)sql"};

constexpr std::array kStatements = {kNewest,           kList,        kFind,      kRunning,       kLock,
                                    kTimeChanges,      kPitIsOpen,   kInsertJob, kFindTemplate,  kCopyStages,
                                    kHoldSubscription, kInsertStage, kSaveJob,   kAddTimeChange, kSaveStage,
                                    kWhoMayWork,       kRemoveStaff, kAddStaff};

Job job_of(const Row& row) {
  Job job{.job_id = row.get<JobId>("id"),
          .workshop_id = row.get<WorkshopId>("workshop_id"),
          .pit_id = row.get<PitId>("pit_id"),
          .pit_number = row.get<int>("pit_number"),
          .customer_name = row.get<std::string>("customer_name"),
          .car_model = row.get<std::string>("car_model"),
          .car_plate = row.get<std::string>("car_plate"),
          .work_type = row.get<std::string>("work_type"),
          .status = job_status_from(row.get<std::string>("status")).value(),
          .status_reason = row.get<std::optional<std::string>>("status_reason"),
          .held_since = row.get<std::optional<Timestamp>>("held_since"),
          .estimated_duration_minutes = row.get<int>("estimated_duration_minutes"),
          .actual_start_time = row.get<std::optional<Timestamp>>("actual_start_time"),
          .estimated_end_time = row.get<std::optional<Timestamp>>("estimated_end_time"),
          .time_reason = row.get<std::optional<std::string>>("time_reason"),
          .actual_end_time = row.get<std::optional<Timestamp>>("actual_end_time"),
          .created_at = row.get<Timestamp>("created_at"),
          .updated_at = row.get<Timestamp>("updated_at")};
  const auto ids = row.get<std::vector<UserId>>("staff_ids");
  auto names = row.get<std::vector<std::string>>("staff_names");
  for (std::size_t i = 0; i < ids.size(); ++i) job.assigned_staff.push_back({ids[i], std::move(names.at(i))});
  return job;
}

std::vector<Job> jobs_of(const Rows& rows, Timestamp now) {
  std::vector<Job> jobs;
  for (const Row row : rows) {
    if (const auto id = row.get<JobId>("id"); jobs.empty() || jobs.back().job_id != id) jobs.push_back(job_of(row));
    if (const auto position = row.get<std::optional<int>>("position"))
      jobs.back().stages.push_back({.position = *position,
                                    .name = row.get<std::string>("stage_name"),
                                    .weight = row.get<int>("weight"),
                                    .sentence = row.get<std::string>("sentence"),
                                    .started_at = row.get<std::optional<Timestamp>>("started_at"),
                                    .finished_at = row.get<std::optional<Timestamp>>("finished_at"),
                                    .held = std::chrono::seconds(row.get<int>("held_seconds"))});
  }
  for (Job& job : jobs) derive(job, now);
  return jobs;
}

std::optional<Job> only(std::vector<Job> jobs) {
  if (jobs.empty()) return std::nullopt;
  return std::move(jobs.front());
}

std::optional<std::vector<std::string>> names_of(const std::vector<JobStatus>& statuses) {
  if (statuses.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const JobStatus status : statuses) names.emplace_back(name_of(status));
  return names;
}

JobTimeChange time_change_of(const Row& row) {
  return {.id = row.get<std::int64_t>("id"),
          .at = row.get<Timestamp>("at"),
          .by = StaffMember{row.get<UserId>("changed_by"), row.get<std::string>("display_name")},
          .end_before = row.get<Timestamp>("end_before"),
          .end_after = row.get<Timestamp>("end_after"),
          .cause = row.get<std::string>("cause") == "hold" ? TimeChangeCause::hold : TimeChangeCause::staff,
          .reason = row.get<std::optional<std::string>>("reason")};
}

}  // namespace

std::span<const Statement> job_statements() { return kStatements; }

Awaitable<std::vector<Job>> JobsRepository::list(WorkshopId workshop, JobAccess access, JobFilter filter,
                                                 Timestamp now) {
  const JobId before = filter.before.value_or(JobId(std::numeric_limits<std::int64_t>::max()));
  if (!access.customer && !access.operator_ && filter.asks_for_all())
    co_return jobs_of(co_await database_.here().read(workshop, kNewest, filter.from, before, filter.limit), now);
  co_return jobs_of(co_await database_.here().read(
                        workshop, kList, access.customer, access.operator_, names_of(filter.statuses), filter.pit,
                        filter.work_type, filter.staff, filter.search, filter.from, filter.to, before, filter.limit),
                    now);
}

Awaitable<std::optional<Job>> JobsRepository::find(WorkshopId workshop, JobAccess access, JobId job, Timestamp now) {
  co_return only(jobs_of(co_await database_.here().read(workshop, kFind, access.customer, access.operator_, job), now));
}

Awaitable<std::vector<Job>> JobsRepository::running(WorkshopId workshop, JobAccess access, Timestamp now) {
  co_return jobs_of(co_await database_.here().read(workshop, kRunning, access.customer, access.operator_), now);
}

Awaitable<JobsRepository::TimeChanges> JobsRepository::time_changes(WorkshopId workshop, JobAccess access, JobId job,
                                                                    std::optional<std::int64_t> before, int limit) {
  TimeChanges answer;
  const Rows rows =
      co_await database_.here().read(workshop, kTimeChanges, access.customer, access.operator_, job, before, limit);
  for (const Row row : rows) {
    answer.exists = true;
    if (row.get<std::optional<std::int64_t>>("id")) answer.changes.push_back(time_change_of(row));
  }
  co_return answer;
}

Awaitable<bool> JobsRepository::lock(Transaction& tx, JobAccess access, JobId job) {
  co_return !(co_await tx.query(kLock, access.customer, access.operator_, job)).empty();
}

Awaitable<std::optional<Job>> JobsRepository::lock(Transaction& tx, JobAccess access, JobId job, Timestamp now) {
  if (!co_await lock(tx, access, job)) co_return std::nullopt;
  co_return only(jobs_of(co_await tx.query(kFind, access.customer, access.operator_, job), now));
}

Awaitable<bool> JobsRepository::pit_is_open(Transaction& tx, PitId pit) {
  const Rows rows = co_await tx.query(kPitIsOpen, pit);
  co_return !rows.empty();
}

Awaitable<std::string> JobsRepository::hold_subscription(Transaction& tx, WorkshopId workshop) {
  co_return (co_await tx.query(kHoldSubscription, workshop))[0].get<std::string>(0);
}

Awaitable<std::optional<Template>> JobsRepository::find_template(Transaction& tx, std::string name) {
  const auto row = (co_await tx.query(kFindTemplate, name)).first();
  if (!row) co_return std::nullopt;
  co_return Template{.id = row->get<work_types::WorkTypeId>("id"),
                     .name = row->get<std::string>("name"),
                     .default_minutes = row->get<std::optional<int>>("default_minutes")};
}

Awaitable<std::optional<JobId>> JobsRepository::insert(Transaction& tx, NewJobRow job) {
  const Rows rows = co_await tx.query(kInsertJob, job.workshop, job.pit, job.customer, job.customer_name, job.car_model,
                                      job.car_plate, job.work.name, job.estimated_duration_minutes, job.now);
  const auto id = rows[0].get<JobId>(0);
  if (job.work.id) {
    if (co_await tx.execute(kCopyStages, id, *job.work.id) == 0) co_return std::nullopt;
  } else {
    co_await tx.execute(kInsertStage, job.workshop, id, job.work.name);
  }
  co_return id;
}

Awaitable<> JobsRepository::save(Transaction& tx, const Job& job) {
  co_await tx.execute(kSaveJob, job.job_id, name_of(job.status), job.status_reason, job.held_since,
                      job.actual_start_time, job.estimated_end_time, job.time_reason, job.actual_end_time, job.pit_id,
                      job.customer_name, job.car_model, job.car_plate, job.updated_at);
  for (const Stage& stage : job.stages)
    co_await tx.execute(kSaveStage, job.job_id, stage.position, stage.started_at, stage.finished_at,
                        stage.held.count());
}

Awaitable<> JobsRepository::add_time_change(Transaction& tx, WorkshopId workshop, JobId job, TimeChangeRow row) {
  const JobTimeChange& change = row.change;
  const std::string_view cause = change.cause == TimeChangeCause::hold ? "hold" : "staff";
  co_await tx.execute(kAddTimeChange, workshop, job, change.at, row.by, change.end_before, change.end_after, cause,
                      change.reason);
}

Awaitable<std::vector<UserId>> JobsRepository::who_may_work(Transaction& tx, std::vector<UserId> staff, PitId pit) {
  std::vector<UserId> allowed;
  const Rows rows = co_await tx.query(kWhoMayWork, staff, pit);
  for (const Row row : rows) allowed.push_back(row.get<UserId>(0));
  co_return allowed;
}

Awaitable<> JobsRepository::set_staff(Transaction& tx, WorkshopId workshop, JobId job, std::vector<UserId> staff) {
  co_await tx.execute(kRemoveStaff, job, staff);
  co_await tx.execute(kAddStaff, workshop, job, staff);
}

}  // namespace pitview::jobs
