// Jobs in PostgreSQL. The workshop is that of the transaction; what a principal
// may see inside it is a condition of every query (JobAccess).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "jobs/job.h"
#include "pitview/domain/principal.h"

namespace pitview::jobs {

// Customers see their own jobs, operators those at their permitted pits.
struct JobAccess {
  std::optional<UserId> customer;
  std::optional<UserId> operator_;

  static JobAccess of(const Principal& principal);
};

struct JobFilter {
  std::optional<JobStatus> status;
  std::optional<PitId> pit;
  std::optional<JobId> before;  // the page's cursor: jobs older than this one
  int limit = 50;
};

struct Template {
  std::string name;
  int default_minutes = 0;
  std::vector<Stage> stages;
};

struct NewJobRow {
  WorkshopId workshop;
  PitId pit;
  UserId customer;
  std::string customer_name;
  std::string car_model;
  std::string car_plate;
  std::string work_type;
  int estimated_duration_minutes = 0;
  std::vector<Stage> stages;
  Timestamp now;
};

class JobsRepository {
 public:
  explicit JobsRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first; derived members are filled in for `now`.
  Awaitable<std::vector<Job>> list(WorkshopId workshop, JobAccess access, JobFilter filter, Timestamp now);
  Awaitable<std::optional<Job>> find(WorkshopId workshop, JobAccess access, JobId job, Timestamp now);
  Awaitable<std::vector<Job>> running(WorkshopId workshop, JobAccess access, Timestamp now);

  // Inside a transaction.
  static Awaitable<std::optional<Job>> lock(postgres::Transaction& tx, JobAccess access, JobId job, Timestamp now);
  static Awaitable<bool> pit_is_open(postgres::Transaction& tx, PitId pit);
  static Awaitable<std::optional<Template>> find_template(postgres::Transaction& tx, std::string name);
  static Awaitable<JobId> insert(postgres::Transaction& tx, NewJobRow job);
  // Status, times and stages as they stand in `job`. QueryFailed with constraint
  // jobs_one_running_per_pit when another car is at that pit.
  static Awaitable<> save(postgres::Transaction& tx, const Job& job);

 private:
  app::Database& database_;
};

inline constexpr std::string_view kOneRunningPerPit = "jobs_one_running_per_pit";

std::span<const postgres::Statement> job_statements();

}  // namespace pitview::jobs
