// Jobs in PostgreSQL. The workshop is that of the transaction; what a principal
// may see inside it is a condition of every query (JobAccess).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "jobs/job.h"
#include "jobs/job_access.h"
#include "pitview/base/error.h"
#include "work_types/work_type.h"

namespace pitview::jobs {

struct JobFilter {
  std::vector<JobStatus> statuses;  // none: all
  std::optional<PitId> pit;
  std::optional<std::string> work_type;  // in any case
  std::optional<UserId> staff;           // who works on it
  std::optional<std::string> search;     // part of the customer's name or of the plate, however it is spaced
  Timestamp from;                        // not those that were over before
  std::optional<Timestamp> to;           // nor those created from then on
  std::optional<JobId> before;           // the page's cursor: jobs older than this one
  int limit = 50;

  // True when there is no condition but `from` and `before`.
  bool asks_for_all() const { return statuses.empty() && !pit && !work_type && !staff && !search && !to; }
};

struct Template {
  std::optional<work_types::WorkTypeId> id;  // empty: a work type that is in no list
  std::string name;
  std::optional<int> default_minutes;
};

struct NewJobRow {
  WorkshopId workshop;
  PitId pit;
  UserId customer;
  std::string customer_name;
  std::string car_model;
  std::string car_plate;
  Template work;
  int estimated_duration_minutes = 0;
  Timestamp now;
};

struct TimeChangeRow {
  JobTimeChange change;  // its id is not looked at
  UserId by;
};

class JobsRepository {
 public:
  explicit JobsRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // Each in one round trip. The newest first; derived members are filled in for `now`.
  Awaitable<std::vector<Job>> list(WorkshopId workshop, JobAccess access, JobFilter filter, Timestamp now);
  Awaitable<std::optional<Job>> find(WorkshopId workshop, JobAccess access, JobId job, Timestamp now);
  Awaitable<std::vector<Job>> running(WorkshopId workshop, JobAccess access, Timestamp now);
  // The newest first, those before `before`. `exists` is false when the job may not be seen.
  struct TimeChanges {
    bool exists = false;
    std::vector<JobTimeChange> changes;
  };
  Awaitable<TimeChanges> time_changes(WorkshopId workshop, JobAccess access, JobId job,
                                      std::optional<std::int64_t> before, int limit);

  // Inside a transaction.
  // False when the job may not be seen.
  static Awaitable<bool> lock(postgres::Transaction& tx, JobAccess access, JobId job);
  static Awaitable<std::optional<Job>> lock(postgres::Transaction& tx, JobAccess access, JobId job, Timestamp now);
  static Awaitable<bool> pit_is_open(postgres::Transaction& tx, PitId pit);
  // workshops.subscription_status, which does not change before the end of the transaction.
  static Awaitable<std::string> hold_subscription(postgres::Transaction& tx, WorkshopId workshop);
  static Awaitable<std::optional<Template>> find_template(postgres::Transaction& tx, std::string name);
  // Empty when the template has just been deleted.
  static Awaitable<std::optional<JobId>> insert(postgres::Transaction& tx, NewJobRow job);
  // What a change can change, as it stands in `job`, without its staff. QueryFailed with
  // constraint jobs_one_running_per_pit when another car is at that pit.
  static Awaitable<> save(postgres::Transaction& tx, const Job& job);
  static Awaitable<> add_time_change(postgres::Transaction& tx, WorkshopId workshop, JobId job, TimeChangeRow row);
  // Those of `staff` who are active staff of the workshop and may work at that pit.
  static Awaitable<std::vector<UserId>> who_may_work(postgres::Transaction& tx, std::vector<UserId> staff, PitId pit);
  static Awaitable<> set_staff(postgres::Transaction& tx, WorkshopId workshop, JobId job, std::vector<UserId> staff);

 private:
  app::Database& database_;
};

inline constexpr std::string_view kOneRunningPerPit = "jobs_one_running_per_pit";

inline Error no_such_job() { return {Errc::not_found, "There is no such job.", {}, 0}; }

std::span<const postgres::Statement> job_statements();

}  // namespace pitview::jobs
