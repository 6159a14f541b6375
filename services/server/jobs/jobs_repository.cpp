#include "jobs/jobs_repository.h"

#include <array>
#include <unordered_map>

namespace pitview::jobs {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

#define JOB_COLUMNS                                                                                        \
  "j.id, j.workshop_id, j.pit_id, p.pit_number, j.customer_name, j.car_model, j.car_plate, j.work_type, "  \
  "j.status, j.estimated_duration_minutes, j.actual_start_time, j.estimated_end_time, j.actual_end_time, " \
  "j.created_at, j.updated_at FROM jobs j JOIN pits p ON p.id = j.pit_id "

// $1 the customer whose jobs these must be, $2 the operator who must be permitted
// at the pit; null: no such condition. A customer's access ends 30 days after the job.
#define JOB_ACCESS                                                                 \
  " ($1::bigint IS NULL OR (j.customer_id = $1"                                    \
  " AND customer_access_ends(j.status, j.actual_end_time, j.updated_at) > now()))" \
  " AND ($2::bigint IS NULL OR EXISTS ("                                           \
  "SELECT 1 FROM staff_pit_permissions s WHERE s.user_id = $2 AND s.pit_id = j.pit_id)) "

constexpr Statement kList{"list_jobs",
                          "SELECT " JOB_COLUMNS "WHERE" JOB_ACCESS
                          "AND ($3::text IS NULL OR j.status = $3) AND ($4::bigint IS NULL OR j.pit_id = $4) "
                          "AND ($5::bigint IS NULL OR j.id < $5) ORDER BY j.id DESC LIMIT $6"};

constexpr Statement kFind{"find_job", "SELECT " JOB_COLUMNS "WHERE" JOB_ACCESS "AND j.id = $3"};

constexpr Statement kLock{"lock_job", "SELECT " JOB_COLUMNS "WHERE" JOB_ACCESS "AND j.id = $3 FOR UPDATE OF j"};

constexpr Statement kRunning{"running_jobs",
                             "SELECT " JOB_COLUMNS "WHERE" JOB_ACCESS
                             "AND j.status IN ('in_progress', 'on_hold', 'quality_check') ORDER BY j.id"};

#undef JOB_COLUMNS
#undef JOB_ACCESS

constexpr Statement kStages{"stages_of_jobs", R"sql(
  SELECT job_id, position, name, weight, sentence, started_at, finished_at
  FROM job_stages WHERE job_id = ANY($1) ORDER BY job_id, position)sql"};

constexpr Statement kStaff{"staff_of_jobs", R"sql(
  SELECT s.job_id, u.id, u.display_name
  FROM job_staff s JOIN users u ON u.id = s.user_id
  WHERE s.job_id = ANY($1) ORDER BY s.job_id, u.display_name)sql"};

constexpr Statement kPitIsOpen{"pit_is_open", "SELECT 1 FROM pits WHERE id = $1 AND status = 'active'"};

constexpr Statement kFindTemplate{"find_template", R"sql(
  SELECT t.name, t.default_minutes, s.position, s.name AS stage_name, s.weight, s.sentence
  FROM work_type_templates t LEFT JOIN template_stages s ON s.template_id = t.id
  WHERE lower(t.name) = lower($1) ORDER BY s.position)sql"};

constexpr Statement kInsertJob{"insert_job", R"sql(
  INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type,
                    estimated_duration_minutes, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id)sql"};

constexpr Statement kInsertStage{"insert_job_stage", R"sql(
  INSERT INTO job_stages (workshop_id, job_id, position, name, weight, sentence) VALUES ($1, $2, $3, $4, $5, $6))sql"};

constexpr Statement kSaveJob{"save_job", R"sql(
  UPDATE jobs SET status = $2, actual_start_time = $3, estimated_end_time = $4, actual_end_time = $5, updated_at = $6
  WHERE id = $1)sql"};

constexpr Statement kSaveStage{
    "save_job_stage", "UPDATE job_stages SET started_at = $3, finished_at = $4 WHERE job_id = $1 AND position = $2"};

constexpr std::array kStatements = {kList,      kFind,         kLock,      kRunning,     kStages,  kStaff,
                                    kPitIsOpen, kFindTemplate, kInsertJob, kInsertStage, kSaveJob, kSaveStage};

Job job_of(const Row& row) {
  return {.job_id = row.get<JobId>("id"),
          .workshop_id = row.get<WorkshopId>("workshop_id"),
          .pit_id = row.get<PitId>("pit_id"),
          .pit_number = row.get<int>("pit_number"),
          .customer_name = row.get<std::string>("customer_name"),
          .car_model = row.get<std::string>("car_model"),
          .car_plate = row.get<std::string>("car_plate"),
          .work_type = row.get<std::string>("work_type"),
          .status = job_status_from(row.get<std::string>("status")).value(),
          .estimated_duration_minutes = row.get<int>("estimated_duration_minutes"),
          .actual_start_time = row.get<std::optional<Timestamp>>("actual_start_time"),
          .estimated_end_time = row.get<std::optional<Timestamp>>("estimated_end_time"),
          .actual_end_time = row.get<std::optional<Timestamp>>("actual_end_time"),
          .created_at = row.get<Timestamp>("created_at"),
          .updated_at = row.get<Timestamp>("updated_at")};
}

// The jobs of `rows` in their order, with stages and staff.
Awaitable<std::vector<Job>> complete(Transaction& tx, Rows rows, Timestamp now) {
  std::vector<Job> jobs;
  std::vector<JobId> ids;
  std::unordered_map<JobId, std::size_t> index;
  for (const Row row : rows) {
    index[row.get<JobId>("id")] = jobs.size();
    ids.push_back(row.get<JobId>("id"));
    jobs.push_back(job_of(row));
  }
  if (jobs.empty()) co_return jobs;
  const Rows stages = co_await tx.query(kStages, ids);
  for (const Row row : stages)
    jobs[index.at(row.get<JobId>("job_id"))].stages.push_back(
        {.position = row.get<int>("position"),
         .name = row.get<std::string>("name"),
         .weight = row.get<int>("weight"),
         .sentence = row.get<std::string>("sentence"),
         .started_at = row.get<std::optional<Timestamp>>("started_at"),
         .finished_at = row.get<std::optional<Timestamp>>("finished_at")});
  const Rows staff = co_await tx.query(kStaff, ids);
  for (const Row row : staff)
    jobs[index.at(row.get<JobId>("job_id"))].assigned_staff.push_back(
        {row.get<UserId>("id"), row.get<std::string>("display_name")});
  for (Job& job : jobs) derive(job, now);
  co_return jobs;
}

std::optional<Job> only(std::vector<Job> jobs) {
  if (jobs.empty()) return std::nullopt;
  return std::move(jobs.front());
}

}  // namespace

std::span<const Statement> job_statements() { return kStatements; }

JobAccess JobAccess::of(const Principal& principal) {
  JobAccess access;
  if (principal.role == Role::customer) access.customer = principal.user;
  if (principal.role == Role::operator_) access.operator_ = principal.user;
  return access;
}

Awaitable<std::vector<Job>> JobsRepository::list(WorkshopId workshop, JobAccess access, JobFilter filter,
                                                 Timestamp now) {
  std::optional<std::string> status;
  if (filter.status) status = std::string(name_of(*filter.status));
  auto tx = co_await database_.here().begin(workshop);
  Rows rows =
      co_await tx.query(kList, access.customer, access.operator_, status, filter.pit, filter.before, filter.limit);
  std::vector<Job> jobs = co_await complete(tx, std::move(rows), now);
  co_await tx.commit();
  co_return jobs;
}

Awaitable<std::optional<Job>> JobsRepository::find(WorkshopId workshop, JobAccess access, JobId job, Timestamp now) {
  auto tx = co_await database_.here().begin(workshop);
  Rows rows = co_await tx.query(kFind, access.customer, access.operator_, job);
  std::vector<Job> jobs = co_await complete(tx, std::move(rows), now);
  co_await tx.commit();
  co_return only(std::move(jobs));
}

Awaitable<std::vector<Job>> JobsRepository::running(WorkshopId workshop, JobAccess access, Timestamp now) {
  auto tx = co_await database_.here().begin(workshop);
  Rows rows = co_await tx.query(kRunning, access.customer, access.operator_);
  std::vector<Job> jobs = co_await complete(tx, std::move(rows), now);
  co_await tx.commit();
  co_return jobs;
}

Awaitable<std::optional<Job>> JobsRepository::lock(Transaction& tx, JobAccess access, JobId job, Timestamp now) {
  Rows rows = co_await tx.query(kLock, access.customer, access.operator_, job);
  co_return only(co_await complete(tx, std::move(rows), now));
}

Awaitable<bool> JobsRepository::pit_is_open(Transaction& tx, PitId pit) {
  const Rows rows = co_await tx.query(kPitIsOpen, pit);
  co_return !rows.empty();
}

Awaitable<std::optional<Template>> JobsRepository::find_template(Transaction& tx, std::string name) {
  const Rows rows = co_await tx.query(kFindTemplate, name);
  if (rows.empty()) co_return std::nullopt;
  Template found{.name = rows[0].get<std::string>("name"), .default_minutes = rows[0].get<int>("default_minutes")};
  for (const Row row : rows)
    if (const auto position = row.get<std::optional<int>>("position"))
      found.stages.push_back({.position = *position,
                              .name = row.get<std::string>("stage_name"),
                              .weight = row.get<int>("weight"),
                              .sentence = row.get<std::string>("sentence")});
  co_return found;
}

Awaitable<JobId> JobsRepository::insert(Transaction& tx, NewJobRow job) {
  const Rows rows = co_await tx.query(kInsertJob, job.workshop, job.pit, job.customer, job.customer_name, job.car_model,
                                      job.car_plate, job.work_type, job.estimated_duration_minutes, job.now);
  const JobId id = rows[0].get<JobId>(0);
  for (const Stage& stage : job.stages)
    co_await tx.execute(kInsertStage, job.workshop, id, stage.position, stage.name, stage.weight, stage.sentence);
  co_return id;
}

Awaitable<> JobsRepository::save(Transaction& tx, const Job& job) {
  co_await tx.execute(kSaveJob, job.job_id, name_of(job.status), job.actual_start_time, job.estimated_end_time,
                      job.actual_end_time, job.updated_at);
  for (const Stage& stage : job.stages)
    co_await tx.execute(kSaveStage, job.job_id, stage.position, stage.started_at, stage.finished_at);
}

}  // namespace pitview::jobs
