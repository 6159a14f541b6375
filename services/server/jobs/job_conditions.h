// What the air was while a job was done, in total and for each of its stages: how long
// it was measured, how long within the bands of the stage (work_types/air_spec.h), and
// its least, mean and greatest values. docs/design/jobs.md says how it is computed.
//
// Live while the job runs. Frozen when it is over: written at its end, again when somebody
// looks more than ten minutes later, and for the last time three days after it, because
// devices send what they kept while the network was away. From then on it is final.
#pragma once

#include <atomic>
#include <boost/describe/class.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "jobs/job_access.h"
#include "pitview/base/result.h"
#include "pitview/base/time.h"
#include "work_types/air_spec.h"

namespace pitview::jobs {

// Minutes are those of readings: a gap of more than 30 s between two is not measured.
struct AirMeasure {
  double measured_minutes = 0;
  double judged_minutes = 0;   // of these, where there was a band
  double in_spec_minutes = 0;  // of these, within it
  std::optional<double> min;
  std::optional<double> mean;  // weighted by time
  std::optional<double> max;
};
BOOST_DESCRIBE_STRUCT(AirMeasure, (), (measured_minutes, judged_minutes, in_spec_minutes, min, mean, max))

struct AirSummary {
  double measured_minutes = 0;  // of anything
  double judged_minutes = 0;    // of something that has a band
  double in_spec_minutes = 0;   // of these, with nothing outside of its band
  AirMeasure temperature;       // °C
  AirMeasure humidity;          // %RH
  AirMeasure dew_point_margin;  // K
  AirMeasure air_quality;       // VOC index, where the device trusted it
};
BOOST_DESCRIBE_STRUCT(AirSummary, (),
                      (measured_minutes, judged_minutes, in_spec_minutes, temperature, humidity, dew_point_margin,
                       air_quality))

struct StageConditions {
  int position = 0;
  std::string name;
  Timestamp started_at;
  std::optional<Timestamp> finished_at;
  work_types::AirSpec spec;
  AirSummary air;
};
BOOST_DESCRIBE_STRUCT(StageConditions, (), (position, name, started_at, finished_at, spec, air))

struct JobConditions {
  JobId job_id;
  std::optional<Timestamp> frozen_at;   // empty: the job is not over
  bool is_final = false;                // it will not change any more
  AirSummary air;                       // of all stages together
  std::vector<StageConditions> stages;  // those that have begun
};
BOOST_DESCRIBE_STRUCT(JobConditions, (), (job_id, frozen_at, is_final, air, stages))

// Adds `stage` to a total.
void add_to(AirSummary& total, const AirSummary& stage);

class JobConditionsService {
 public:
  JobConditionsService(app::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // not_found; unavailable when too many are being computed.
  Awaitable<Result<JobConditions>> find(Principal principal, JobId job);

  // Writes what the readings say now, if the job is over and it is not final.
  Awaitable<> freeze(WorkshopId workshop, JobId job);
  // As freeze() after a change of the job has been committed: a failure is logged and
  // made good when somebody looks, or by settle().
  Awaitable<> freeze_after(WorkshopId workshop, JobId job);

  // Housekeeping: makes final what is due. Bounded; what is left waits for the next call.
  Awaitable<> settle();

 private:
  Awaitable<> give_up(WorkshopId workshop, JobId job);

  app::Database& database_;
  const Clock& clock_;
  std::atomic<int> in_flight_ = 0;
};

std::span<const postgres::Statement> job_condition_statements();

}  // namespace pitview::jobs
