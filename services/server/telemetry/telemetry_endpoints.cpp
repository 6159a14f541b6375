#include "telemetry/telemetry_endpoints.h"

#include <algorithm>
#include <atomic>

#include "api/refusals.h"

namespace pitview::telemetry {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct SensorPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(SensorPath, (), (id))

struct HistoryQuery {
  std::optional<Timestamp> from;          // default: a day before `to`
  std::optional<Timestamp> to;            // default: now
  std::optional<std::string> resolution;  // "auto" (default) or "raw"
};
BOOST_DESCRIBE_STRUCT(HistoryQuery, (), (from, to, resolution))

namespace {

constexpr int kMaxPoints = 1000;       // decision D56
constexpr int kMaxRawPoints = 20'000;  // two days of a pit at 10 s
constexpr std::chrono::hours kDefaultRange{24};
constexpr std::chrono::days kMaxRange{366};
constexpr std::chrono::days kHoursFrom{7};  // longer ranges are drawn from the means of hours
constexpr std::chrono::days kMaxRawRange{2};
constexpr std::chrono::seconds kSamplePeriod{10};
constexpr int kMaxInFlight = 4;  // history queries at once, so that they never take every connection

class TelemetryEndpoints {
 public:
  TelemetryEndpoints(ReadingsRepository& readings, pits::PitsRepository& pits, const Clock& clock)
      : readings_(readings), pits_(pits), clock_(clock) {}

  Awaitable<Result<Reading>> latest(Caller& caller, PitId pit) {
    const auto since = co_await visible_since(caller, pit);
    if (!since) co_return no_such_pit();
    auto reading = co_await readings_.latest(caller.principal.workshop, pit);
    if (!reading || reading->timestamp < *since) co_return Error{Errc::not_found, "There is no reading yet.", {}, 0};
    co_return std::move(*reading);
  }

  Awaitable<Result<std::vector<Sample>>> history(Caller& caller, PitId pit, HistoryQuery query) {
    const Timestamp to = query.to.value_or(clock_.now());
    Timestamp from = query.from.value_or(to - kDefaultRange);
    if (from >= to) co_return api::invalid("from", "must lie before `to`");
    const bool raw = query.resolution == "raw";
    if (query.resolution && !raw && query.resolution != "auto")
      co_return api::invalid("resolution", "must be one of auto, raw");
    if (to - from > (raw ? kMaxRawRange : kMaxRange))
      co_return api::invalid("from",
                             raw ? "must lie at most 2 days before `to`" : "must lie at most 366 days before `to`");
    const auto since = co_await visible_since(caller, pit);
    if (!since) co_return no_such_pit();
    from = std::max(from, *since);
    if (from >= to) co_return std::vector<Sample>{};

    const InFlight slot(in_flight_);
    if (slot.count > kMaxInFlight) co_return Error{Errc::unavailable, "Too many charts are being drawn.", {}, 1};
    const WorkshopId workshop = caller.principal.workshop;
    if (raw) co_return co_await readings_.history(workshop, pit, from, to, kMaxRawPoints);
    const auto bucket = std::chrono::ceil<std::chrono::seconds>((to - from) / kMaxPoints);
    if (bucket <= kSamplePeriod) co_return co_await readings_.history(workshop, pit, from, to, kMaxPoints);
    if (to - from > kHoursFrom)
      co_return co_await readings_.history_of_hours(workshop, pit, from, to,
                                                    std::chrono::ceil<std::chrono::hours>(bucket));
    co_return co_await readings_.history_in_buckets(workshop, pit, from, to, bucket);
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
  pits::PitsRepository& pits_;
  const Clock& clock_;
  std::atomic<int> in_flight_ = 0;
};

}  // namespace

void add_telemetry_endpoints(api::Api& api, ReadingsRepository& readings, pits::PitsRepository& pits,
                             const Clock& clock) {
  const auto telemetry = std::make_shared<TelemetryEndpoints>(readings, pits, clock);

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

  api.add<SensorPath, HistoryQuery, Nothing, std::vector<Sample>>(
      {.method = Method::get,
       .path = "/api/pits/{id}/sensors/history",
       .needs = Needs(Permission::telemetry_read),
       .id = "get_sensor_history",
       .summary = "Readings of a pit over time, oldest first",
       .tag = "telemetry",
       .description = "At most 1,000 points over at most 366 days: means over buckets when the range holds more, "
                      "of whole hours beyond 7 days. "
                      "resolution=raw gives every reading of at most 2 days. Customers see their own job's time only.",
       .problems = {Errc::not_found, Errc::unavailable}},
      [telemetry](Caller& caller, auto input) {
        return telemetry->history(caller, input.path.id, std::move(input.query));
      });
}

}  // namespace pitview::telemetry
