#include "jobs/job_rules.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace pitview::jobs {
namespace {

struct Named {
  JobStatus status;
  std::string_view name;
};

constexpr std::array kNames = {
    Named{JobStatus::waiting, "waiting"},     Named{JobStatus::in_progress, "in_progress"},
    Named{JobStatus::on_hold, "on_hold"},     Named{JobStatus::quality_check, "quality_check"},
    Named{JobStatus::completed, "completed"}, Named{JobStatus::cancelled, "cancelled"},
};

struct Transition {
  JobStatus from;
  JobStatus to;
};

constexpr std::array kTransitions = {
    Transition{JobStatus::waiting, JobStatus::in_progress},
    Transition{JobStatus::waiting, JobStatus::cancelled},
    Transition{JobStatus::in_progress, JobStatus::on_hold},
    Transition{JobStatus::in_progress, JobStatus::quality_check},
    Transition{JobStatus::in_progress, JobStatus::completed},
    Transition{JobStatus::in_progress, JobStatus::cancelled},
    Transition{JobStatus::on_hold, JobStatus::in_progress},
    Transition{JobStatus::on_hold, JobStatus::quality_check},
    Transition{JobStatus::on_hold, JobStatus::cancelled},
    Transition{JobStatus::quality_check, JobStatus::in_progress},  // what the check found is mended
    Transition{JobStatus::quality_check, JobStatus::on_hold},
    Transition{JobStatus::quality_check, JobStatus::completed},
    Transition{JobStatus::quality_check, JobStatus::cancelled},
};

std::string possible_from(JobStatus from) {
  std::string names;
  for (const Transition& transition : kTransitions)
    if (transition.from == from) names.append(names.empty() ? "" : ", ").append(name_of(transition.to));
  return names;
}

}  // namespace

std::string_view name_of(JobStatus status) noexcept {
  for (const Named& named : kNames)
    if (named.status == status) return named.name;
  return "";
}

std::optional<JobStatus> job_status_from(std::string_view name) noexcept {
  for (const Named& named : kNames)
    if (named.name == name) return named.status;
  return std::nullopt;
}

bool is_running(JobStatus status) noexcept {
  return status == JobStatus::in_progress || status == JobStatus::on_hold || status == JobStatus::quality_check;
}

bool is_over(JobStatus status) noexcept { return status == JobStatus::completed || status == JobStatus::cancelled; }

Result<> check_transition(JobStatus from, JobStatus to) {
  if (from == to) return Done{};
  for (const Transition& transition : kTransitions)
    if (transition.from == from && transition.to == to) return Done{};
  std::string detail = "A job that is " + std::string(name_of(from)) + " cannot become " + std::string(name_of(to));
  const std::string possible = possible_from(from);
  detail += possible.empty() ? "; it is over." : "; possible: " + possible + ".";
  return {Errc::invalid_transition, std::move(detail)};
}

std::optional<int> current_stage(const std::vector<StageTimes>& stages) noexcept {
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (stages[i].started_at && !stages[i].finished_at) return static_cast<int>(i) + 1;
  return std::nullopt;
}

Result<> move_to_stage(std::vector<StageTimes>& stages, int position, Timestamp now) {
  if (position < 1 || position > static_cast<int>(stages.size())) {
    const std::string message = "this job has stages 1 to " + std::to_string(stages.size());
    return Error{Errc::validation_failed, "There is no such stage.", {{"stage", message}}};
  }
  const auto target = static_cast<std::size_t>(position) - 1;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    StageTimes& stage = stages[i];
    if (i < target) {
      if (!stage.started_at) stage.started_at = now;
      if (!stage.finished_at) stage.finished_at = now;
    } else if (i == target) {
      if (!stage.started_at) stage.started_at = now;
      stage.finished_at.reset();
    } else {
      stage.started_at.reset();
      stage.finished_at.reset();
    }
  }
  return Done{};
}

void finish_stages(std::vector<StageTimes>& stages, Timestamp now) {
  for (StageTimes& stage : stages)
    if (stage.started_at && !stage.finished_at) stage.finished_at = now;
}

double progress(const std::vector<StageTimes>& stages, JobStatus status, std::chrono::minutes estimate, Timestamp now) {
  if (status == JobStatus::completed) return 1.0;
  const int total =
      std::accumulate(stages.begin(), stages.end(), 0, [](int sum, const StageTimes& s) { return sum + s.weight; });
  if (total == 0) return 0.0;
  double done = 0;
  for (const StageTimes& stage : stages) {
    if (stage.finished_at) {
      done += stage.weight;
    } else if (stage.started_at) {
      const double share_s = std::chrono::duration<double>(estimate).count() * stage.weight / total;
      const double spent_s = std::chrono::duration<double>(now - *stage.started_at).count();
      done += stage.weight * std::clamp(share_s > 0 ? spent_s / share_s : 0.0, 0.0, 0.95);
    }
  }
  return std::clamp(done / total, 0.0, 1.0);
}

}  // namespace pitview::jobs
