// From what a chart is drawn: which rollup, and how wide its buckets are. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/result.h"
#include "pitview/base/time.h"

namespace pitview::telemetry {

inline constexpr int kMaxPoints = 1000;  // decision D56
inline constexpr std::chrono::days kMaxRange{366};
inline constexpr std::chrono::days kMaxRawRange{2};
// Older readings may be in the archive; their quarters of an hour stay.
inline constexpr std::chrono::days kReadingsKept{90};

enum class Source { readings, minutes, quarters };

struct HistoryPlan {
  Source source = Source::readings;
  std::chrono::seconds bucket{0};  // 0: each reading by itself

  friend bool operator==(const HistoryPlan&, const HistoryPlan&) = default;
};

// `resolution`: auto, raw, 1m, 15m or 1h. Precondition: from < to, both since 1970.
// validation_failed with the field when the range is too long, or does not fit into
// kMaxPoints. `auto` takes the finest that fits and is read in milliseconds; for less
// than three hours that is every reading. Where a device sends faster than every 10 s
// these may be too many, and kByMinutes is the plan instead.
Result<HistoryPlan> plan_history(std::string_view resolution, Timestamp from, Timestamp to, Timestamp now);
inline constexpr HistoryPlan kByMinutes{Source::minutes, std::chrono::seconds(60)};

// Buckets that begin at whole multiples of `bucket` since 1970 and hold [from, to).
std::int64_t buckets_in(Timestamp from, Timestamp to, std::chrono::seconds bucket);

// Where a page of raw readings begins: after `skip` of those at `at`.
struct RawCursor {
  Timestamp at;
  int skip = 0;

  std::string text() const;  // "1764142800000000.1"
  static std::optional<RawCursor> from(std::string_view text);
  // Behind the last of `times`, which are sorted and continue a page that began at *this.
  template <class Points>
  RawCursor behind(const Points& points) const {
    RawCursor next{points.back().timestamp, 0};
    for (auto point = points.rbegin(); point != points.rend() && point->timestamp == next.at; ++point) ++next.skip;
    if (next.at == at) next.skip += skip;
    return next;
  }
};

}  // namespace pitview::telemetry
