// What a server that only takes readings notices of devices, for the one that looks
// after them.
#pragma once

#include "cluster/bridge.h"
#include "telemetry/device_watcher.h"

namespace pitview::cluster {

class DeviceNotices final : public telemetry::DeviceWatcher {
 public:
  explicit DeviceNotices(Bridge& bridge) : bridge_(bridge) {}

  // The reading itself, which is shown live, says so.
  void heard(telemetry::Device&, Timestamp) override {}
  void licence_refused(const telemetry::Device& device) override { bridge_.licence_refused(device.key); }

 private:
  Bridge& bridge_;
};

}  // namespace pitview::cluster
