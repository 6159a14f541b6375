// Violations since they were last written: how many of each device, reason and hour.
// Pure; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "pitview/base/time.h"

namespace pitview::licences {

struct Violation {
  std::string device_id;  // as the message said
  std::string reason;     // the plan's words: "Payment overdue"
  bool device_exists = false;
};

struct ViolationCount {
  std::string device_id;
  std::string reason;
  std::chrono::sys_seconds hour;
  std::int64_t messages = 0;
  Timestamp first_at;
  Timestamp last_at;
};

class ViolationCounts {
 public:
  // Ids that do not exist, in one hour. A device can make up as many as it likes; what
  // goes beyond is counted without its id.
  static constexpr std::size_t kMaxUnknown = 200;

  // True for the first of this device, reason and hour that is counted here.
  bool add(Violation violation, Timestamp now);

  bool empty() const noexcept { return counts_.empty(); }
  std::vector<ViolationCount> take();
  // What could not be written; newer counts are added to it.
  void put_back(std::vector<ViolationCount> counts);

 private:
  using Key = std::tuple<std::chrono::sys_seconds, std::string, std::string>;
  ViolationCount& count_of(const Key& key);

  std::map<Key, ViolationCount> counts_;
  std::chrono::sys_seconds hour_{};
  std::set<std::pair<std::string, std::string>> seen_;  // in this hour
  std::set<std::string> unknown_;                       // likewise
};

}  // namespace pitview::licences
