#include "analytics/analytics_endpoints.h"

#include <atomic>

#include "api/refusals.h"

namespace pitview::analytics {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct RangeQuery {
  std::optional<Timestamp> from;  // default: 90 days before `to`
  std::optional<Timestamp> to;    // default: now
};
BOOST_DESCRIBE_STRUCT(RangeQuery, (), (from, to))

struct EnvironmentQuery {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::optional<PitId> pit_id;
};
BOOST_DESCRIBE_STRUCT(EnvironmentQuery, (), (from, to, pit_id))

struct EstimateQuery {
  std::optional<JobId> job_id;
  std::optional<std::string> work_type;
};
BOOST_DESCRIBE_STRUCT(EstimateQuery, (), (job_id, work_type))

namespace {

constexpr std::chrono::days kDefaultRange{90};
constexpr std::chrono::days kMaxRange{366};
constexpr std::chrono::days kMaxRangeOfAllPits{92};
constexpr int kMaxInFlight = 2;  // of each row: reports never take every connection

class AnalyticsEndpoints {
 public:
  AnalyticsEndpoints(AnalyticsRepository& repository, const Clock& clock) : repository_(repository), clock_(clock) {}

  Awaitable<Result<Busy>> busy(Caller& caller, RangeQuery query) {
    const auto range = range_of(query.from, query.to, kMaxRange);
    if (!range) co_return range.error();
    const Slot slot(in_flight_);
    if (!slot.free()) co_return too_many();
    co_return co_await repository_.busy(caller.principal.workshop, *range, clock_.now());
  }

  Awaitable<Result<std::vector<EnvironmentDay>>> environment(Caller& caller, EnvironmentQuery query) {
    const auto range = range_of(query.from, query.to, query.pit_id ? kMaxRange : kMaxRangeOfAllPits);
    if (!range) co_return range.error();
    const Slot slot(in_flight_);
    if (!slot.free()) co_return too_many();
    co_return co_await repository_.environment(caller.principal.workshop, *range, query.pit_id);
  }

  Awaitable<Result<Ratings>> ratings(Caller& caller, RangeQuery query) {
    const auto range = range_of(query.from, query.to, kMaxRange);
    if (!range) co_return range.error();
    co_return co_await repository_.ratings(caller.principal.workshop, *range);
  }

  Awaitable<Result<Durations>> durations(Caller& caller, RangeQuery query) {
    const auto range = range_of(query.from, query.to, kMaxRange);
    if (!range) co_return range.error();
    const Slot slot(in_flight_);
    if (!slot.free()) co_return too_many();
    co_return co_await repository_.durations(caller.principal.workshop, *range);
  }

  Awaitable<Result<CallsAvoided>> calls_avoided(Caller& caller, RangeQuery query) {
    const auto range = range_of(query.from, query.to, kMaxRange);
    if (!range) co_return range.error();
    const Slot slot(in_flight_);
    if (!slot.free()) co_return too_many();
    co_return co_await repository_.calls_avoided(caller.principal.workshop, *range);
  }

  Awaitable<Result<Estimate>> estimate(Caller& caller, EstimateQuery query) {
    const WorkshopId workshop = caller.principal.workshop;
    if (!query.job_id && !query.work_type) co_return api::invalid("job_id", "or `work_type` is to be given");
    if (query.job_id) co_return co_await repository_.estimate(workshop, *query.job_id, clock_.now());
    co_return co_await repository_.estimate(workshop, std::move(*query.work_type), clock_.now());
  }

 private:
  class Slot {
   public:
    explicit Slot(std::atomic<int>& all) : all_(all), count_(all.fetch_add(1) + 1) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { all_.fetch_sub(1); }
    bool free() const noexcept { return count_ <= kMaxInFlight; }

   private:
    std::atomic<int>& all_;
    const int count_;
  };

  static Error too_many() { return {Errc::unavailable, "Too many reports are being made.", {}, 1}; }

  Result<Range> range_of(std::optional<Timestamp> from, std::optional<Timestamp> to, std::chrono::days longest) const {
    Range range;
    range.to = to.value_or(clock_.now());
    range.from = from.value_or(range.to - kDefaultRange);
    if (range.from >= range.to) return api::invalid("from", "must lie before `to`");
    if (range.to - range.from > longest)
      return api::invalid("from", "must lie at most " + std::to_string(longest.count()) + " days before `to`");
    return range;
  }

  AnalyticsRepository& repository_;
  const Clock& clock_;
  std::atomic<int> in_flight_ = 0;
};

}  // namespace

void add_analytics_endpoints(api::Api& api, AnalyticsRepository& repository, const Clock& clock) {
  const auto analytics = std::make_shared<AnalyticsEndpoints>(repository, clock);

  api.add<Nothing, RangeQuery, Nothing, Busy>(
      {.method = Method::get,
       .path = "/api/analytics/busy",
       .needs = Needs(Permission::analytics_read),
       .id = "get_busy",
       .summary = "Busiest pits and hours",
       .tag = "analytics",
       .description = "How long a car was at each pit, and in which hours of the week in the workshop's time zone. A "
                      "running job counts until now; what lies outside of the range (at most 366 days) does not.",
       .problems = {Errc::unavailable}},
      [analytics](Caller& caller, auto input) { return analytics->busy(caller, input.query); });

  api.add<Nothing, EnvironmentQuery, Nothing, std::vector<EnvironmentDay>>(
      {.method = Method::get,
       .path = "/api/analytics/environment",
       .needs = Needs(Permission::analytics_read),
       .id = "get_environment_trend",
       .summary = "Temperature, humidity and air quality by pit and day",
       .tag = "analytics",
       .description =
           "Days of the workshop's time zone, by pit number and day; none without a reading. At most 92 days, "
           "of one pit (`pit_id`) 366. A pit that is not the workshop's has no days.",
       .problems = {Errc::unavailable}},
      [analytics](Caller& caller, auto input) { return analytics->environment(caller, input.query); });

  api.add<Nothing, RangeQuery, Nothing, Ratings>(
      {.method = Method::get,
       .path = "/api/analytics/ratings",
       .needs = Needs(Permission::analytics_read),
       .id = "get_ratings_summary",
       .summary = "What customers say: average, distribution, by month",
       .tag = "analytics",
       .description = "Of ratings first given from `from` and before `to` (at most 366 days), as they stand now."},
      [analytics](Caller& caller, auto input) { return analytics->ratings(caller, input.query); });

  api.add<Nothing, RangeQuery, Nothing, Durations>(
      {.method = Method::get,
       .path = "/api/analytics/durations",
       .needs = Needs(Permission::analytics_read),
       .id = "get_durations",
       .summary = "How long the work took, by type",
       .tag = "analytics",
       .description = "Median and 80 % of the jobs that were completed in the range (at most 366 days), without holds.",
       .problems = {Errc::unavailable}},
      [analytics](Caller& caller, auto input) { return analytics->durations(caller, input.query); });

  api.add<Nothing, RangeQuery, Nothing, CallsAvoided>(
      {.method = Method::get,
       .path = "/api/analytics/calls-avoided",
       .needs = Needs(Permission::analytics_read),
       .id = "get_calls_avoided",
       .summary = "Calls that customers did not make because they looked",
       .tag = "analytics",
       .description =
           "Openings of the tracking page of jobs that were completed in the range (at most 366 days); of each job at "
           "most as many count as customers called before (`baseline_calls_per_job` of the workshop's settings).",
       .problems = {Errc::unavailable}},
      [analytics](Caller& caller, auto input) { return analytics->calls_avoided(caller, input.query); });

  api.add<Nothing, EstimateQuery, Nothing, Estimate>(
      {.method = Method::get,
       .path = "/api/analytics/estimate",
       .needs = Needs(Permission::analytics_read),
       .id = "get_estimate",
       .summary = "When it will be ready, as the workshop's own past says",
       .tag = "analytics",
       .description =
           "For a `job_id` what remains, else for a `work_type` how long such a job takes: half (p50) and four of "
           "five (p80) of the last 200 jobs of that type took no longer. Null where fewer than five are known.",
       .problems = {Errc::not_found, Errc::conflict}},
      [analytics](Caller& caller, auto input) { return analytics->estimate(caller, std::move(input.query)); });
}

}  // namespace pitview::analytics
