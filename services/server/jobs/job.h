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
  std::chrono::seconds held{};  // of its time, how much the job was on hold; not for clients
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
  std::optional<std::string> status_reason;  // of a hold or a cancellation, for the customer
  std::optional<Timestamp> held_since;       // the clock stands still since; empty when it runs
  std::vector<Stage> stages;
  std::optional<int> current_stage;
  double progress = 0;  // 0..1
  int estimated_duration_minutes = 0;
  std::optional<Timestamp> actual_start_time;
  std::optional<Timestamp> estimated_end_time;
  std::optional<std::string> time_reason;  // why the end was last moved, for the customer
  std::optional<Timestamp> actual_end_time;
  std::vector<StaffMember> assigned_staff;
  Timestamp created_at;
  Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(Job, (),
                      (job_id, workshop_id, pit_id, pit_number, customer_name, car_model, car_plate, work_type, status,
                       status_reason, held_since, stages, current_stage, progress, estimated_duration_minutes,
                       actual_start_time, estimated_end_time, time_reason, actual_end_time, assigned_staff, created_at,
                       updated_at))

BOOST_DEFINE_ENUM_CLASS(TimeChangeCause, staff, hold)

// One time that the promised end moved.
struct JobTimeChange {
  std::int64_t id = 0;
  Timestamp at;
  std::optional<StaffMember> by;  // not for customers
  Timestamp end_before;
  Timestamp end_after;
  TimeChangeCause cause = TimeChangeCause::staff;  // hold: the job went on after one
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(JobTimeChange, (), (id, at, by, end_before, end_after, cause, reason))

std::vector<StageTimes> times_of(const Job& job);

// Fills what follows from the rest: the stages' states, current_stage, progress.
void derive(Job& job, Timestamp now);

}  // namespace pitview::jobs
