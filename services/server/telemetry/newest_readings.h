// The newest reading of each pit as it was shown live, which the database may not
// have yet: whoever connects in between gets it with the snapshot. Thread-safe; as
// many entries as there are pits that reported.
#pragma once

#include <mutex>
#include <optional>
#include <unordered_map>

#include "telemetry/reading.h"

namespace pitview::telemetry {

class NewestReadings {
 public:
  // False when a newer one of that pit was shown before: it is no news.
  bool note(const Reading& reading) {
    const std::lock_guard lock(mutex_);
    const auto [shown, is_first] = by_pit_.try_emplace(reading.pit_id, reading);
    if (is_first) return true;
    if (reading.timestamp <= shown->second.timestamp) return false;
    shown->second = reading;
    return true;
  }

  // The newer one of `stored` and what was shown.
  std::optional<Reading> newest(PitId pit, std::optional<Reading> stored) const {
    const std::lock_guard lock(mutex_);
    const auto shown = by_pit_.find(pit);
    if (shown == by_pit_.end()) return stored;
    if (stored && stored->timestamp >= shown->second.timestamp) return stored;
    return shown->second;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<PitId, Reading> by_pit_;
};

}  // namespace pitview::telemetry
