#include "telemetry/telemetry_endpoints.h"

#include <algorithm>
#include <atomic>

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::telemetry {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct SensorPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(SensorPath, (), (id))

using RawLimit = json::Int<1, 20'000>;  // two days of a pit at 10 s are 17,280

struct HistoryQuery {
  std::optional<Timestamp> from;          // default: a day before `to`
  std::optional<Timestamp> to;            // default: now
  std::optional<std::string> resolution;  // auto (default), raw, 1m, 15m, 1h
  std::optional<std::string> cursor;      // raw only, like `limit`
  std::optional<RawLimit> limit;
};
BOOST_DESCRIBE_STRUCT(HistoryQuery, (), (from, to, resolution, cursor, limit))

namespace {

constexpr int kDefaultRawLimit = 20'000;
constexpr std::chrono::hours kDefaultRange{24};
constexpr int kMaxInFlight = 4;  // history queries at once, so that they never take every connection

class TelemetryEndpoints {
 public:
  explicit TelemetryEndpoints(const TelemetryParts& parts)
      : readings_(parts.readings), history_(parts.history), pits_(parts.pits), clock_(parts.clock) {}

  Awaitable<Result<Reading>> latest(Caller& caller, PitId pit) {
    const auto since = co_await visible_since(caller, pit);
    if (!since) co_return no_such_pit();
    auto reading = co_await readings_.latest(caller.principal.workshop, pit);
    if (!reading || reading->timestamp < *since) co_return Error{Errc::not_found, "There is no reading yet.", {}, 0};
    co_return std::move(*reading);
  }

  Awaitable<Result<std::vector<HistoryPoint>>> history(Caller& caller, PitId pit, HistoryQuery query) {
    const Timestamp now = clock_.now();
    const Timestamp to = query.to.value_or(now);
    Timestamp from = query.from.value_or(to - kDefaultRange);
    if (from >= to) co_return api::invalid("from", "must lie before `to`");
    const std::string resolution = query.resolution.value_or("auto");
    const bool raw = resolution == "raw";
    Result<HistoryPlan> plan = plan_history(resolution, from, to, now);
    if (!plan) co_return plan.error();
    if (query.cursor && !raw) co_return api::invalid("cursor", "belongs to raw readings");
    if (query.limit && !raw) co_return api::invalid("limit", "belongs to raw readings");
    const auto since = co_await visible_since(caller, pit);
    if (!since) co_return no_such_pit();
    from = std::max(from, *since);
    if (from >= to) co_return std::vector<HistoryPoint>{};
    plan = plan_history(resolution, from, to, now);  // of what is left of the range

    const InFlight slot(in_flight_);
    if (slot.count > kMaxInFlight) co_return Error{Errc::unavailable, "Too many charts are being drawn.", {}, 1};
    if (raw) co_return co_await page(caller, pit, from, to, std::move(query));
    const WorkshopId workshop = caller.principal.workshop;
    if (plan->source == Source::readings) {
      auto all = co_await history_.readings(workshop, pit, {from, 0}, to, kMaxPoints + 1);
      if (all.size() <= kMaxPoints) co_return std::move(all);
      plan = kByMinutes;
    }
    co_return co_await history_.buckets(workshop, pit, from, to, *plan);
  }

 private:
  struct InFlight {
    explicit InFlight(std::atomic<int>& counter) : all(counter), count(counter.fetch_add(1) + 1) {}
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight() { all.fetch_sub(1); }
    std::atomic<int>& all;
    const int count;
  };

  static Error no_such_pit() { return {Errc::not_found, "There is no such pit.", {}, 0}; }

  // The cursor is only a place in the range: it shows nothing that the range does not.
  Awaitable<Result<std::vector<HistoryPoint>>> page(Caller& caller, PitId pit, Timestamp from, Timestamp to,
                                                    HistoryQuery query) {
    RawCursor begin{from, 0};
    if (query.cursor) {
      const auto cursor = RawCursor::from(*query.cursor);
      if (!cursor || cursor->at < from || cursor->at >= to)
        co_return api::invalid("cursor", "must be one of this range, from a Link header");
      begin = *cursor;
    }
    const int limit = query.limit ? static_cast<int>(query.limit->value) : kDefaultRawLimit;
    auto points = co_await history_.readings(caller.principal.workshop, pit, begin, to, limit + 1);
    if (points.size() > static_cast<std::size_t>(limit)) {
      points.pop_back();
      api::add_next_link(caller, begin.behind(points).text());
    }
    co_return std::move(points);
  }

  // Row-level security hides other workshops; the scope hides other pits, and a
  // pit's past from before a customer's job.
  Awaitable<std::optional<Timestamp>> visible_since(Caller& caller, PitId pit) {
    const Principal principal = caller.principal;
    if (principal.sees_whole_workshop()) {
      if (!co_await pits_.exists(principal.workshop, pit)) co_return std::nullopt;
      co_return Timestamp{};
    }
    const Scope scope = co_await pits_.scope_of(principal);
    co_return scope.visible_since(pit);
  }

  ReadingsRepository& readings_;
  HistoryRepository& history_;
  pits::PitsRepository& pits_;
  const Clock& clock_;
  std::atomic<int> in_flight_ = 0;
};

}  // namespace

void add_telemetry_endpoints(api::Api& api, const TelemetryParts& parts) {
  const auto telemetry = std::make_shared<TelemetryEndpoints>(parts);

  api.add<SensorPath, Nothing, Nothing, Reading>(
      {.method = Method::get,
       .path = "/api/pits/{id}/sensors/latest",
       .needs = Needs(Permission::telemetry_read),
       .id = "get_latest_reading",
       .summary = "The newest reading of a pit",
       .tag = "telemetry",
       .description = "not_found as long as there is none.",
       .problems = {Errc::not_found}},
      [telemetry](Caller& caller, auto input) { return telemetry->latest(caller, input.path.id); });

  api.add<SensorPath, HistoryQuery, Nothing, std::vector<HistoryPoint>>(
      {.method = Method::get,
       .path = "/api/pits/{id}/sensors/history",
       .needs = Needs(Permission::telemetry_read),
       .id = "get_sensor_history",
       .summary = "Readings of a pit over time, oldest first",
       .tag = "telemetry",
       .description =
           "At most 1,000 points over at most 366 days, each the means of a bucket of time with its least and greatest "
           "values; `timestamp` is the beginning of the bucket. resolution: `1m`, `15m`, `1h`, or `auto`, which takes "
           "the finest that fits (every reading in less than three hours). Where nothing was measured there is no "
           "point. "
           "`raw` gives every reading of at most 2 days, `limit` at a time (20,000), the next ones by the Link header. "
           "Readings older than the retention are in the archive; what remains are quarters of an hour. "
           "Customers see their own job's time only.",
       .problems = {Errc::not_found, Errc::unavailable}},
      [telemetry](Caller& caller, auto input) {
        return telemetry->history(caller, input.path.id, std::move(input.query));
      });
}

}  // namespace pitview::telemetry
