// The flows of a job: create, read, move on, mend. Each change is one transaction
// with its audit row; the live hub hears of it after the commit.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/actor.h"
#include "customers/consents_repository.h"
#include "customers/tracking_links.h"
#include "jobs/job_conditions.h"
#include "jobs/job_messages.h"
#include "jobs/jobs_repository.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/base/crypto.h"
#include "pitview/base/result.h"
#include "pitview/live/hub.h"

namespace pitview::jobs {

struct NewJob {
  std::string customer_name;
  std::optional<std::string> customer_phone;
  std::optional<std::string> customer_email;
  std::string car_model;
  std::string car_plate;
  PitId pit;
  std::string work_type;
  std::optional<int> estimated_duration_minutes;  // else the template's
  customers::ConsentChoice consents;              // what the customer said at the booking
};

struct Credentials {
  std::string username;
  std::string password;  // shown this once, never stored or logged
};

struct CreatedJob {
  Job job;
  std::optional<Credentials> credentials;  // empty for a customer who has an account
  std::string tracking_url;                // shown this once, as the password
  bool can_send_messages = false;          // there is a way to the customer, who agreed to messages
};

// What is empty stays as it is.
struct JobMend {
  std::optional<std::string> customer_name;
  std::optional<std::string> car_model;
  std::optional<std::string> car_plate;
  std::optional<PitId> pit;
};

using audit::Actor;

class JobService {
 public:
  struct Parts {
    JobsRepository& jobs;
    JobConditionsService& conditions;
    const customers::TrackingLinks& links;
    CpuPool& cpu;
    live::Hub& hub;
    const Clock& clock;
    const crypto::Key256& data_key;
    const messages::Outbox& outbox;
  };
  explicit JobService(Parts parts) : parts_(parts) {}

  Timestamp now() const { return parts_.clock.now(); }

  Awaitable<std::vector<Job>> list(WorkshopId workshop, Principal principal, JobFilter filter);
  Awaitable<Result<Job>> find(Principal principal, JobId job);
  // not_found. Customers are not told who.
  Awaitable<Result<std::vector<JobTimeChange>>> time_changes(Principal principal, JobId job,
                                                             std::optional<std::int64_t> before, int limit);

  // validation_failed: no such pit, pit not in use, a work type without a duration;
  // workshop_restricted.
  Awaitable<Result<CreatedJob>> create(Actor actor, NewJob job);

  // not_found, invalid_transition, pit_busy, workshop_restricted (a job that begins),
  // validation_failed (a reason for neither a hold nor a cancellation).
  Awaitable<Result<Job>> set_status(Actor actor, JobId job, JobStatus status, std::optional<std::string> reason);
  // not_found, conflict (not running), validation_failed (no such stage, or a time it
  // cannot have begun). `began`: empty means now.
  Awaitable<Result<Job>> set_stage(Actor actor, JobId job, int position, std::optional<Timestamp> began);
  // not_found, conflict (not running), validation_failed (before the start).
  Awaitable<Result<Job>> set_end_time(Actor actor, JobId job, Timestamp estimated_end,
                                      std::optional<std::string> reason);
  // not_found, conflict (over), validation_failed: who is no active staff of the
  // workshop, or an operator who is not permitted at the pit.
  Awaitable<Result<Job>> set_staff(Actor actor, JobId job, std::vector<UserId> staff);
  // not_found, conflict (another pit for a job that has begun), validation_failed: a pit
  // that is not in use, or where somebody of its staff may not work.
  Awaitable<Result<Job>> mend(Actor actor, JobId job, JobMend mend);

 private:
  // A job under its lock, from the look at it to the commit.
  struct Locked {
    postgres::Transaction tx;
    Job job;
    Timestamp now;
    Job before;
  };

  Awaitable<Result<Template>> check_new_job(WorkshopId workshop, const NewJob& job);

  // Applies `change` to the locked job and saves it if that changed anything;
  // `action` names the audit row.
  using Change = std::function<Result<>(Job&, Timestamp now)>;
  Awaitable<Result<Job>> change(Actor actor, JobId job, std::string action, Change change);
  Awaitable<Result<Job>> change_in(postgres::Transaction tx, Actor actor, JobId job, std::string action, Change change);
  Awaitable<Result<Locked>> lock(postgres::Transaction tx, Actor actor, JobId job);
  Awaitable<Result<Job>> store(Locked locked, Actor actor, std::string action);
  Awaitable<> say(postgres::Transaction& tx, JobId job, JobMessages said, Timestamp now) const;
  Awaitable<> note_time_change(Locked& locked, UserId by);
  Awaitable<Result<>> move_to_pit(Locked& locked, PitId pit);
  void announce(const Job& job);

  Parts parts_;
};

}  // namespace pitview::jobs
