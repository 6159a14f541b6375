// Every device that may report, in memory: the ingest asks for each message and
// must not ask the database. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/domain/licence.h"
#include "telemetry/message_budget.h"

namespace pitview::telemetry {

struct Device {
  DeviceKey key;
  std::string device_id;
  std::string license_hash;  // SHA-256, 32 bytes
  WorkshopId workshop;
  std::string workshop_code;
  std::optional<PitId> pit;  // of the open assignment
  int pit_number = 0;
  Timestamp assigned_at;  // since when at that pit
  LicenceState licence;
  std::string told_licence;  // what it was told to be: "enabled", …
  // What came in since the start.
  bool online = false;
  Timestamp offline_at;              // when its last will said so
  Timestamp heard_at;                // its last sign of life, by our clock
  MessageBudget budget{5'000, 100};  // a device measures every 10 s and repeats at most 64 a second
  MessageBudget status_budget{100, 1};
};

class DeviceDirectory {
 public:
  // Takes the place of everything; what a device last said of itself is kept.
  void replace(std::vector<Device> devices);

  Device* find(std::string_view device_id);
  Device* find(DeviceKey device);
  template <class F>
  void for_each(F&& f) const {
    for (const auto& [id, device] : devices_) f(device);
  }
  std::size_t size() const noexcept { return devices_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, Device, Hash, std::equal_to<>> devices_;
  std::unordered_map<DeviceKey, Device*> by_key_;  // nodes of devices_, which do not move
};

}  // namespace pitview::telemetry
