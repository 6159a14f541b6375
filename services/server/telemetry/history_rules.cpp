#include "telemetry/history_rules.h"

#include <array>
#include <charconv>
#include <string>

#include "api/refusals.h"

namespace pitview::telemetry {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Counted from the readings themselves: 17,280 of them in two days at 10 s.
constexpr std::chrono::days kMinutesUpTo{2};
constexpr std::array kMinutes = {seconds(minutes(1)), seconds(minutes(2)), seconds(minutes(3)), seconds(minutes(5))};
constexpr std::array kQuarters = {seconds(minutes(15)), seconds(minutes(30)), seconds(hours(1)), seconds(hours(2)),
                                  seconds(hours(3)),    seconds(hours(6)),    seconds(hours(12))};
constexpr hours kSingleReadingsUpTo{2};
constexpr minutes kAndMinutes{45};  // 990 readings at 10 s

bool fits(Timestamp from, Timestamp to, seconds bucket) { return buckets_in(from, to, bucket) <= kMaxPoints; }

HistoryPlan finest(Timestamp from, Timestamp to, Timestamp now) {
  const bool has_readings = from >= now - kReadingsKept;
  if (has_readings && to - from <= kSingleReadingsUpTo + kAndMinutes) return {};
  if (has_readings && to - from <= kMinutesUpTo)
    for (const seconds bucket : kMinutes)
      if (fits(from, to, bucket)) return {Source::minutes, bucket};
  for (const seconds bucket : kQuarters)
    if (fits(from, to, bucket)) return {Source::quarters, bucket};
  return {Source::quarters, kQuarters.back()};
}

std::optional<HistoryPlan> named(std::string_view resolution) {
  if (resolution == "1m") return kByMinutes;
  if (resolution == "15m") return HistoryPlan{Source::quarters, minutes(15)};
  if (resolution == "1h") return HistoryPlan{Source::quarters, hours(1)};
  return std::nullopt;
}

}  // namespace

std::int64_t buckets_in(Timestamp from, Timestamp to, seconds bucket) {
  const std::chrono::microseconds width = bucket;
  return (to - std::chrono::microseconds(1)).time_since_epoch() / width - from.time_since_epoch() / width + 1;
}

Result<HistoryPlan> plan_history(std::string_view resolution, Timestamp from, Timestamp to, Timestamp now) {
  if (to - from > kMaxRange) return api::invalid("from", "must lie at most 366 days before `to`");
  if (resolution == "auto") return finest(from, to, now);
  if (resolution == "raw") {
    if (to - from > kMaxRawRange) return api::invalid("from", "must lie at most 2 days before `to` for raw readings");
    return HistoryPlan{};
  }
  const auto plan = named(resolution);
  if (!plan) return api::invalid("resolution", "must be one of auto, raw, 1m, 15m, 1h");
  if (!fits(from, to, plan->bucket))
    return api::invalid("resolution", "the range has more than 1,000 points at this resolution");
  return *plan;
}

std::string RawCursor::text() const {
  return std::to_string(at.time_since_epoch().count()) + "." + std::to_string(skip);
}

std::optional<RawCursor> RawCursor::from(std::string_view text) {
  std::int64_t at_us = 0;
  RawCursor cursor;
  const char* end = text.data() + text.size();
  const auto at = std::from_chars(text.data(), end, at_us);
  if (at.ec != std::errc() || at.ptr == end || *at.ptr != '.') return std::nullopt;
  const auto skip = std::from_chars(at.ptr + 1, end, cursor.skip);
  if (skip.ec != std::errc() || skip.ptr != end || cursor.skip < 0) return std::nullopt;
  cursor.at = Timestamp(std::chrono::microseconds(at_us));
  return cursor;
}

}  // namespace pitview::telemetry
