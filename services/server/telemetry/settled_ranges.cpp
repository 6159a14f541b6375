#include "telemetry/settled_ranges.h"

#include <iterator>

namespace pitview::telemetry {

bool SettledRanges::add(std::int32_t seq) {
  const auto after = ranges_.upper_bound(seq);
  const auto before = after == ranges_.begin() ? ranges_.end() : std::prev(after);
  if (before != ranges_.end() && before->second >= seq) return true;
  const bool joins_before = before != ranges_.end() && before->second == seq - 1;
  const bool joins_after = after != ranges_.end() && seq != INT32_MAX && after->first == seq + 1;
  if (!joins_before && !joins_after && ranges_.size() >= kMax) return false;
  const std::int32_t last = joins_after ? after->second : seq;
  if (joins_after) ranges_.erase(after);
  if (joins_before) {
    before->second = last;
  } else {
    ranges_.emplace(seq, last);
  }
  return true;
}

std::vector<SettledRanges::Range> SettledRanges::take(std::size_t count) {
  std::vector<Range> taken;
  while (!ranges_.empty() && taken.size() < count) {
    taken.push_back({ranges_.begin()->first, ranges_.begin()->second});
    ranges_.erase(ranges_.begin());
  }
  return taken;
}

}  // namespace pitview::telemetry
