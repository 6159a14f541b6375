#include "jobs/job_conditions.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "api/in_flight.h"
#include "jobs/jobs_repository.h"
#include "pitview/base/log.h"

namespace pitview::jobs {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;

constexpr std::chrono::days kSettled{3};
constexpr std::chrono::minutes kFresh{10};
constexpr int kMaxInFlight = 4;
constexpr int kDueAtOnce = 1000;
constexpr std::string_view kStatementTimeout = "57014";

constexpr Statement kState{"job_conditions_state", R"sql(
  SELECT j.status IN ('completed', 'cancelled') AS is_over, j.conditions_frozen_at, j.conditions_final
  FROM jobs j WHERE j.id = $3 AND)sql" PITVIEW_JOB_ACCESS};

#define STAGES                                                                                                    \
  "SELECT s.position, s.name, s.started_at, s.finished_at, s.temperature_min AS spec_temperature_min, "           \
  "s.temperature_max AS spec_temperature_max, s.humidity_min AS spec_humidity_min, "                              \
  "s.humidity_max AS spec_humidity_max, s.dew_margin_min AS spec_dew_margin_min, s.aqi_max AS spec_aqi_max, a.* " \
  "FROM job_stages s JOIN "
#define OF_JOB " a ON a.stage = s.position WHERE s.job_id = $1 ORDER BY s.position"

constexpr Statement kLive{"live_job_conditions", STAGES "air_of_stages($1, $2)" OF_JOB};

constexpr Statement kFrozen{"frozen_job_conditions", STAGES "(SELECT * FROM job_conditions WHERE job_id = $1)" OF_JOB};

#undef STAGES
#undef OF_JOB

// Holds the job until the commit. No row when there is nothing to freeze.
constexpr Statement kMark{"mark_job_conditions", R"sql(
  UPDATE jobs SET conditions_frozen_at = $2,
                  conditions_final = actual_end_time IS NULL OR actual_end_time <= $3
  WHERE id = $1 AND status IN ('completed', 'cancelled') AND NOT conditions_final)sql"};

#define COLUMNS                                                                                                \
  "measured_s, judged_s, in_spec_s, temperature_s, temperature_in_spec_s, temperature_min, temperature_mean, " \
  "temperature_max, humidity_s, humidity_in_spec_s, humidity_min, humidity_mean, humidity_max, dew_margin_s, " \
  "dew_margin_in_spec_s, dew_margin_min, dew_margin_mean, dew_margin_max, aqi_s, aqi_in_spec_s, aqi_min, "     \
  "aqi_mean, aqi_max"
#define OF_EXCLUDED                                                                                       \
  "excluded.measured_s, excluded.judged_s, excluded.in_spec_s, excluded.temperature_s, "                  \
  "excluded.temperature_in_spec_s, excluded.temperature_min, excluded.temperature_mean, "                 \
  "excluded.temperature_max, excluded.humidity_s, excluded.humidity_in_spec_s, excluded.humidity_min, "   \
  "excluded.humidity_mean, excluded.humidity_max, excluded.dew_margin_s, excluded.dew_margin_in_spec_s, " \
  "excluded.dew_margin_min, excluded.dew_margin_mean, excluded.dew_margin_max, excluded.aqi_s, "          \
  "excluded.aqi_in_spec_s, excluded.aqi_min, excluded.aqi_mean, excluded.aqi_max"

constexpr Statement kFreeze{
    "freeze_job_conditions",
    "INSERT INTO job_conditions (workshop_id, job_id, stage, " COLUMNS ") SELECT $1, $2, stage, " COLUMNS
    " FROM air_of_stages($2, $3) ON CONFLICT (workshop_id, job_id, stage) DO UPDATE SET (" COLUMNS
    ") = ROW (" OF_EXCLUDED ")"};

#undef COLUMNS
#undef OF_EXCLUDED

constexpr Statement kDue{"job_conditions_due", "SELECT workshop_id, job_id FROM platform.conditions_due($1, $2)"};

constexpr std::array kStatements = {kState, kLive, kFrozen, kMark, kFreeze, kDue};

// Two decimals are more than the sensor knows.
double rounded(double value) { return std::round(value * 100) / 100; }
std::optional<double> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return rounded(*value);
}

double minutes_of(double seconds) { return rounded(seconds / 60); }

AirMeasure measure_of(const Row& row, const std::string& name) {
  const auto number = [&](const char* what) { return row.get<std::optional<double>>(name + what); };
  AirMeasure measure{.measured_minutes = minutes_of(number("_s").value_or(0)),
                     .min = rounded(number("_min")),
                     .mean = rounded(number("_mean")),
                     .max = rounded(number("_max"))};
  if (const auto in_spec = number("_in_spec_s")) {
    measure.judged_minutes = measure.measured_minutes;
    measure.in_spec_minutes = minutes_of(*in_spec);
  }
  return measure;
}

StageConditions stage_of(const Row& row) {
  const auto band = [&](const char* name) { return row.get<std::optional<double>>(name); };
  return {.position = row.get<int>("position"),
          .name = row.get<std::string>("name"),
          .started_at = row.get<Timestamp>("started_at"),
          .finished_at = row.get<std::optional<Timestamp>>("finished_at"),
          .spec = {.temperature_min = band("spec_temperature_min"),
                   .temperature_max = band("spec_temperature_max"),
                   .humidity_min = band("spec_humidity_min"),
                   .humidity_max = band("spec_humidity_max"),
                   .dew_point_margin_min = band("spec_dew_margin_min"),
                   .aqi_max = row.get<std::optional<int>>("spec_aqi_max")},
          .air = {.measured_minutes = minutes_of(row.get<double>("measured_s")),
                  .judged_minutes = minutes_of(row.get<double>("judged_s")),
                  .in_spec_minutes = minutes_of(row.get<double>("in_spec_s")),
                  .temperature = measure_of(row, "temperature"),
                  .humidity = measure_of(row, "humidity"),
                  .dew_point_margin = measure_of(row, "dew_margin"),
                  .air_quality = measure_of(row, "aqi")}};
}

void take_stages(JobConditions& conditions, const Rows& rows) {
  for (const Row row : rows) {
    conditions.stages.push_back(stage_of(row));
    add_to(conditions.air, conditions.stages.back().air);
  }
}

void add_to(AirMeasure& total, const AirMeasure& stage) {
  if (stage.mean) {
    const double weight = total.measured_minutes + stage.measured_minutes;
    const double sum = total.mean.value_or(0) * total.measured_minutes + *stage.mean * stage.measured_minutes;
    total.mean = rounded(weight > 0 ? sum / weight : *stage.mean);
    total.min = std::min(total.min.value_or(*stage.min), *stage.min);
    total.max = std::max(total.max.value_or(*stage.max), *stage.max);
  }
  total.measured_minutes = rounded(total.measured_minutes + stage.measured_minutes);
  total.judged_minutes = rounded(total.judged_minutes + stage.judged_minutes);
  total.in_spec_minutes = rounded(total.in_spec_minutes + stage.in_spec_minutes);
}

}  // namespace

void add_to(AirSummary& total, const AirSummary& stage) {
  total.measured_minutes = rounded(total.measured_minutes + stage.measured_minutes);
  total.judged_minutes = rounded(total.judged_minutes + stage.judged_minutes);
  total.in_spec_minutes = rounded(total.in_spec_minutes + stage.in_spec_minutes);
  add_to(total.temperature, stage.temperature);
  add_to(total.humidity, stage.humidity);
  add_to(total.dew_point_margin, stage.dew_point_margin);
  add_to(total.air_quality, stage.air_quality);
}

std::span<const Statement> job_condition_statements() { return kStatements; }

Awaitable<Result<JobConditions>> JobConditionsService::find(Principal principal, JobId job) {
  const JobAccess access = JobAccess::of(principal);
  const WorkshopId workshop = principal.workshop;
  const Timestamp now = clock_.now();
  auto state = (co_await database_.here().read(workshop, kState, access.customer, access.operator_, job)).first();
  if (!state) co_return no_such_job();
  JobConditions conditions{.job_id = job};
  const bool is_over = state->get<bool>("is_over");
  const auto frozen_at = state->get<std::optional<Timestamp>>("conditions_frozen_at");
  const bool is_fresh = frozen_at && *frozen_at + kFresh > now;
  const bool must_compute = !is_over || !(state->get<bool>("conditions_final") || is_fresh);

  std::optional<api::InFlight> slot;
  if (must_compute && !slot.emplace(in_flight_, kMaxInFlight).granted())
    co_return Error{Errc::unavailable, "Too much is being computed.", {}, 1};
  if (!is_over) {
    take_stages(conditions, co_await database_.here().read(workshop, kLive, job, now));
    co_return conditions;
  }
  if (must_compute) {
    co_await freeze(workshop, job);
    state = (co_await database_.here().read(workshop, kState, access.customer, access.operator_, job)).first();
    if (!state) co_return no_such_job();
  }
  conditions.frozen_at = state->get<std::optional<Timestamp>>("conditions_frozen_at");
  conditions.is_final = state->get<bool>("conditions_final");
  take_stages(conditions, co_await database_.here().read(workshop, kFrozen, job));
  co_return conditions;
}

Awaitable<> JobConditionsService::freeze(WorkshopId workshop, JobId job) {
  const Timestamp now = clock_.now();
  auto tx = co_await database_.here().begin(workshop);
  if (co_await tx.execute(kMark, job, now, now - kSettled) == 0) co_return;
  co_await tx.query_and_commit(kFreeze, workshop, job, now);
}

Awaitable<> JobConditionsService::freeze_after(WorkshopId workshop, JobId job) {
  try {
    co_await freeze(workshop, job);
  } catch (const postgres::DatabaseUnavailable& e) {
    log::warning("conditions_not_frozen", {{"job", job}, {"reason", e.what()}});
  } catch (const postgres::QueryFailed& e) {
    log::warning("conditions_not_frozen", {{"job", job}, {"reason", e.what()}});
  }
}

Awaitable<> JobConditionsService::settle() {
  const Rows due = co_await database_.here().read_platform(kDue, clock_.now() - kSettled, kDueAtOnce);
  for (const Row row : due) {
    const auto workshop = row.get<WorkshopId>("workshop_id");
    const auto job = row.get<JobId>("job_id");
    bool is_hopeless = false;
    try {
      co_await freeze(workshop, job);
    } catch (const postgres::QueryFailed& e) {
      log::error("conditions_not_final", {{"job", job}, {"reason", e.what()}});
      is_hopeless = e.sqlstate() == kStatementTimeout;
    }
    if (is_hopeless) co_await give_up(workshop, job);
  }
}

// A job that ran for so long that its readings cannot be read in time keeps what was
// frozen before: it must not be tried for ever.
Awaitable<> JobConditionsService::give_up(WorkshopId workshop, JobId job) {
  const Timestamp now = clock_.now();
  auto tx = co_await database_.here().begin(workshop);
  co_await tx.query_and_commit(kMark, job, now, now - kSettled);
}

}  // namespace pitview::jobs
