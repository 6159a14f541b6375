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

Result<> check_stage(const std::vector<StageTimes>& stages, int position) {
  if (position >= 1 && position <= static_cast<int>(stages.size())) return Done{};
  const std::string message = "this job has stages 1 to " + std::to_string(stages.size());
  return Error{Errc::validation_failed, "There is no such stage.", {{"stage", message}}};
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

bool takes_new_work(std::string_view subscription_status) noexcept {
  constexpr std::array<std::string_view, 4> kOpen = {"trial", "active", "past_due", "grace"};
  return std::find(kOpen.begin(), kOpen.end(), subscription_status) != kOpen.end();
}

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
  if (Result<> known = check_stage(stages, position); !known) return known;
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
      stage = {.name = stage.name, .weight = stage.weight};
    }
  }
  return Done{};
}

Result<> correct_stage(std::vector<StageTimes>& stages, int position, Timestamp began, Timestamp job_start,
                       Timestamp now) {
  if (Result<> known = check_stage(stages, position); !known) return known;
  const auto refuse = [](std::string message) {
    return Error{Errc::validation_failed, "The request has a fault.", {{"started_at", std::move(message)}}};
  };
  if (began < job_start || began > now) return refuse("must lie between the start of the job and now");
  const auto target = static_cast<std::size_t>(position) - 1;
  for (std::size_t i = 0; i < target; ++i)
    if (stages[i].started_at && *stages[i].started_at > began)
      return refuse("must not lie before the start of stage " + std::to_string(i + 1));
  for (std::size_t i = 0; i < target; ++i)
    if (stages[i].finished_at && (i + 1 == target || *stages[i].finished_at > began)) stages[i].finished_at = began;
  if (Result<> moved = move_to_stage(stages, position, began); !moved) return moved;
  stages[target].started_at = began;
  return Done{};
}

void add_held(std::vector<StageTimes>& stages, Timestamp from, Timestamp now) {
  const auto current = current_stage(stages);
  if (!current) return;
  StageTimes& stage = stages[static_cast<std::size_t>(*current) - 1];
  stage.held += std::chrono::round<std::chrono::seconds>(now - std::clamp(*stage.started_at, from, now));
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
      const double spent_s = std::chrono::duration<double>(now - *stage.started_at - stage.held).count();
      done += stage.weight * std::clamp(share_s > 0 ? spent_s / share_s : 0.0, 0.0, 0.95);
    }
  }
  return std::clamp(done / total, 0.0, 1.0);
}

}  // namespace pitview::jobs
