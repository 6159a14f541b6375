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
}

}  // namespace pitview::analytics
