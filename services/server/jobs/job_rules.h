// What a job may do next and how far it has come (plan §6.1, decision D21).
// Pure rules: no database, no network.
#pragma once

#include <boost/describe/enum.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/result.h"
#include "pitview/base/time.h"

namespace pitview::jobs {

BOOST_DEFINE_ENUM_CLASS(JobStatus, waiting, in_progress, on_hold, quality_check, completed, cancelled)

std::string_view name_of(JobStatus status) noexcept;
std::optional<JobStatus> job_status_from(std::string_view name) noexcept;

// True while the car occupies its pit; the customer may watch only then.
bool is_running(JobStatus status) noexcept;
// True when nothing can change any more.
bool is_over(JobStatus status) noexcept;

// False when the subscription of the workshop allows no new work (decision D44);
// what is under way is finished all the same. The status is that of workshops.subscription_status.
bool takes_new_work(std::string_view subscription_status) noexcept;

// invalid_transition with a sentence that names what is possible instead. Asking
// for the status a job already has is allowed and changes nothing.
Result<> check_transition(JobStatus from, JobStatus to);

struct StageTimes {
  std::string name;
  int weight = 1;  // > 0; the stage's share of the work
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
  std::chrono::seconds held{};  // of its time, how much the job was on hold
};

// 1-based position of the stage under way; empty before the first and after the last.
std::optional<int> current_stage(const std::vector<StageTimes>& stages) noexcept;

// Moves the work to `position`: earlier stages are finished (a skipped one in no
// time), later ones have not begun. validation_failed when there is no such stage.
Result<> move_to_stage(std::vector<StageTimes>& stages, int position, Timestamp now);

// As move_to_stage(), for a stage that began at `began` though nobody said so then: the
// one before it ended at that moment. validation_failed when that is not between the
// start of the job, or of an earlier stage, and `now`.
Result<> correct_stage(std::vector<StageTimes>& stages, int position, Timestamp began, Timestamp job_start,
                       Timestamp now);

// A stage that stood still from `from` until `now`.
void add_held(std::vector<StageTimes>& stages, Timestamp from, Timestamp now);

// Finishes every stage; what never began is left without times.
void finish_stages(std::vector<StageTimes>& stages, Timestamp now);

// 0..1 by weight. The stage under way counts for the part of its share of the
// estimate that has passed, holds apart, at most 95 % of it: only a person says it is done.
double progress(const std::vector<StageTimes>& stages, JobStatus status, std::chrono::minutes estimate, Timestamp now);

}  // namespace pitview::jobs
