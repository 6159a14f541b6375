#include "telemetry/device_directory.h"

namespace pitview::telemetry {

void DeviceDirectory::replace(std::vector<Device> devices) {
  decltype(devices_) fresh;
  fresh.reserve(devices.size());
  for (Device& device : devices) {
    if (const Device* known = find(device.device_id)) {
      device.online = known->online;
      device.offline_at = known->offline_at;
      device.heard_at = known->heard_at;
      device.budget = known->budget;
      device.status_budget = known->status_budget;
    }
    std::string id = device.device_id;
    fresh.emplace(std::move(id), std::move(device));
  }
  devices_ = std::move(fresh);
  by_key_.clear();
  for (auto& [id, device] : devices_) by_key_.emplace(device.key, &device);
}

Device* DeviceDirectory::find(DeviceKey device) {
  const auto found = by_key_.find(device);
  return found == by_key_.end() ? nullptr : found->second;
}

Device* DeviceDirectory::find(std::string_view device_id) {
  const auto found = devices_.find(device_id);
  return found == devices_.end() ? nullptr : &found->second;
}

}  // namespace pitview::telemetry
