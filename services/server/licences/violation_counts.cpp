#include "licences/violation_counts.h"

#include <algorithm>
#include <chrono>

namespace pitview::licences {

bool ViolationCounts::add(Violation violation, Timestamp now) {
  const std::chrono::sys_seconds hour = std::chrono::floor<std::chrono::hours>(now);
  if (hour != hour_) {
    hour_ = hour;
    seen_.clear();
    unknown_.clear();
  }
  if (!violation.device_exists && !unknown_.contains(violation.device_id)) {
    if (unknown_.size() < kMaxUnknown) {
      unknown_.insert(violation.device_id);
    } else {
      violation.device_id.clear();
    }
  }
  ViolationCount& count = count_of({hour, violation.device_id, violation.reason});
  if (count.messages++ == 0) count.first_at = now;
  count.last_at = now;
  return seen_.emplace(std::move(violation.device_id), std::move(violation.reason)).second;
}

ViolationCount& ViolationCounts::count_of(const Key& key) {
  const auto [found, is_new] = counts_.try_emplace(key);
  if (is_new) std::tie(found->second.hour, found->second.device_id, found->second.reason) = key;
  return found->second;
}

std::vector<ViolationCount> ViolationCounts::take() {
  std::vector<ViolationCount> taken;
  for (auto& [key, count] : counts_) taken.push_back(std::move(count));
  counts_.clear();
  return taken;
}

void ViolationCounts::put_back(std::vector<ViolationCount> counts) {
  for (ViolationCount& older : counts) {
    ViolationCount& count = count_of({older.hour, older.device_id, older.reason});
    if (count.messages == 0) count.last_at = older.last_at;
    count.first_at = older.first_at;
    count.messages += older.messages;
  }
}

}  // namespace pitview::licences
