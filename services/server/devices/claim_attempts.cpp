#include "devices/claim_attempts.h"

#include <algorithm>

namespace pitview::devices {
namespace {

std::string key_of(WorkshopId workshop) { return "workshop " + std::to_string(workshop.value); }

}  // namespace

ClaimAttempts::Count& ClaimAttempts::count_of(const std::string& key, Timestamp now) {
  const auto [found, is_new] = counts_.try_emplace(key, Count{now});
  if (is_new) {
    by_age_.push_back(key);
  } else if (now - found->second.since >= kWindow) {
    found->second = Count{now};
  }
  return found->second;
}

std::optional<int> ClaimAttempts::begin(WorkshopId workshop, const std::string& device_id, Timestamp now) {
  const std::lock_guard lock(mutex_);
  while (by_age_.size() + 2 > kMaxKeys) {
    counts_.erase(by_age_.front());
    by_age_.pop_front();
  }
  // References into an unordered_map stay good when it grows.
  Count& of_workshop = count_of(key_of(workshop), now);
  Count& of_device = count_of(device_id, now);
  for (const Count* count : {&of_workshop, &of_device})
    if (count->wrong >= kLimit)
      return static_cast<int>(std::chrono::ceil<std::chrono::seconds>(count->since + kWindow - now).count());
  ++of_workshop.wrong;
  ++of_device.wrong;
  return std::nullopt;
}

void ClaimAttempts::right(WorkshopId workshop, const std::string& device_id) {
  const std::lock_guard lock(mutex_);
  for (const std::string& key : {key_of(workshop), device_id})
    if (const auto found = counts_.find(key); found != counts_.end())
      found->second.wrong = std::max(0, found->second.wrong - 1);
}

}  // namespace pitview::devices
