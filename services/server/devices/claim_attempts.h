// Wrong claim codes: ten in an hour from one workshop, or for one device, and the
// next one waits. Counted before the code is looked at, so that guesses sent in
// parallel are counted too. Forgets the oldest when there are too many keys.
// Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::devices {

class ClaimAttempts {
 public:
  static constexpr int kLimit = 10;
  static constexpr std::chrono::hours kWindow{1};
  static constexpr std::size_t kMaxKeys = 20'000;

  // Empty: may be tried, and counts as wrong until right() says otherwise.
  // Else the seconds to wait.
  std::optional<int> begin(WorkshopId workshop, const std::string& device_id, Timestamp now);
  void right(WorkshopId workshop, const std::string& device_id);

 private:
  struct Count {
    Timestamp since;
    int wrong = 0;
  };
  Count& count_of(const std::string& key, Timestamp now);

  std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;
  std::deque<std::string> by_age_;  // keys, the oldest first
};

}  // namespace pitview::devices
