// The flows of a job: create, read, move on. Each change is one transaction with
// its audit row; the live hub hears of it after the commit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/actor.h"
#include "customers/consents_repository.h"
#include "customers/tracking_links.h"
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

using audit::Actor;

class JobService {
 public:
  struct Parts {
    JobsRepository& jobs;
    const customers::TrackingLinks& links;
    CpuPool& cpu;
    live::Hub& hub;
    const Clock& clock;
    const crypto::Key256& data_key;
  };
  explicit JobService(Parts parts) : parts_(parts) {}

  Awaitable<std::vector<Job>> list(WorkshopId workshop, Principal principal, JobFilter filter);
  Awaitable<Result<Job>> find(Principal principal, JobId job);

  // validation_failed: no such pit, pit not in use, unknown work type without a duration.
  Awaitable<Result<CreatedJob>> create(Actor actor, NewJob job);

  // not_found, invalid_transition, pit_busy.
  Awaitable<Result<Job>> set_status(Actor actor, JobId job, JobStatus status);
  // not_found, conflict (not running), validation_failed (no such stage).
  Awaitable<Result<Job>> set_stage(Actor actor, JobId job, int position);
  // not_found, conflict (not running), validation_failed (before the start).
  Awaitable<Result<Job>> set_end_time(Actor actor, JobId job, Timestamp estimated_end);

 private:
  Awaitable<Result<Template>> check_new_job(WorkshopId workshop, const NewJob& job);

  // Applies `change` to the locked job and saves it if that changed
  // anything; `action` names the audit row.
  using Change = std::function<Result<>(Job&, Timestamp now)>;
  Awaitable<Result<Job>> change(Actor actor, JobId job, std::string action, Change change);
  void announce(const Job& job);

  Parts parts_;
};

}  // namespace pitview::jobs
