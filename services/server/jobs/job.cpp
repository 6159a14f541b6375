#include "jobs/job.h"

#include <algorithm>

namespace pitview::jobs {

std::vector<StageTimes> times_of(const Job& job) {
  std::vector<StageTimes> times;
  for (const Stage& stage : job.stages)
    times.push_back({stage.name, stage.weight, stage.started_at, stage.finished_at, stage.held});
  return times;
}

void derive(Job& job, Timestamp now) {
  const std::vector<StageTimes> times = times_of(job);
  job.current_stage = is_over(job.status) ? std::nullopt : current_stage(times);
  const Timestamp clock = job.held_since ? std::min(*job.held_since, now) : now;
  job.progress = progress(times, job.status, std::chrono::minutes(job.estimated_duration_minutes), clock);
  for (Stage& stage : job.stages) {
    if (stage.finished_at || job.status == JobStatus::completed) {
      stage.state = StageState::done;
    } else if (job.current_stage == stage.position) {
      stage.state = StageState::current;
    } else {
      stage.state = StageState::next;
    }
  }
}

}  // namespace pitview::jobs
