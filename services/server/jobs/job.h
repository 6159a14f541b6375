// A job as clients see it (plan §7.1, §8.2; decision D21).
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "jobs/job_rules.h"
#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::jobs {

BOOST_DEFINE_ENUM_CLASS(StageState, done, current, next)

struct Stage {
  int position = 0;  // 1-based
  std::string name;
  int weight = 1;
  std::string sentence;  // what the customer reads while it runs
  StageState state = StageState::next;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
};
BOOST_DESCRIBE_STRUCT(Stage, (), (position, name, weight, sentence, state, started_at, finished_at))

struct StaffMember {
  UserId id;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(StaffMember, (), (id, name))

struct Job {
  JobId job_id;
  WorkshopId workshop_id;
  PitId pit_id;
  int pit_number = 0;
  std::string customer_name;
  std::string car_model;
  std::string car_plate;
  std::string work_type;
  JobStatus status = JobStatus::waiting;
  std::vector<Stage> stages;
  std::optional<int> current_stage;
  double progress = 0;  // 0..1
  int estimated_duration_minutes = 0;
  std::optional<Timestamp> actual_start_time;
  std::optional<Timestamp> estimated_end_time;
  std::optional<Timestamp> actual_end_time;
  std::vector<StaffMember> assigned_staff;
  Timestamp created_at;
  Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(Job, (),
                      (job_id, workshop_id, pit_id, pit_number, customer_name, car_model, car_plate, work_type, status,
                       stages, current_stage, progress, estimated_duration_minutes, actual_start_time,
                       estimated_end_time, actual_end_time, assigned_staff, created_at, updated_at))

std::vector<StageTimes> times_of(const Job& job);

// Fills what follows from the rest: the stages' states, current_stage, progress.
void derive(Job& job, Timestamp now);

}  // namespace pitview::jobs
