// Which devices are there: what they and their last wills say on `…/status`, and
// that their readings come. Shown live at once, recorded in batches.
//
// One thread, that of the link.
#pragma once

#include <string>
#include <unordered_map>

#include "broker/link.h"
#include "devices/devices_repository.h"
#include "devices/kill_switch.h"
#include "pitview/live/hub.h"
#include "telemetry/device_watcher.h"
#include "telemetry/refusals.h"

namespace pitview::devices {

class Presence final : public telemetry::DeviceWatcher {
 public:
  struct Parts {
    broker::Link& link;
    telemetry::DeviceDirectory& directory;
    DevicesRepository& devices;
    live::Hub& hub;
    const Clock& clock;
    telemetry::Refusals& refusals;
    KillSwitch& kill_switch;
  };
  explicit Presence(Parts parts);

  void start();
  Awaitable<> stop();

  // A message of `workshop/+/device/+/status`; acknowledged here.
  void handle(const mqtt::Message& message);

  void heard(telemetry::Device& device, Timestamp measured_at) override;
  void licence_refused(const telemetry::Device& device) override;
  // The same, noticed by another server.
  void heard(DeviceKey device, Timestamp measured_at);
  void licence_refused(DeviceKey device);

 private:
  std::optional<telemetry::Refused> take(const mqtt::Message& message);
  void announce(telemetry::Device& device, bool online);
  void record(const telemetry::Device& device, telemetry::StatusReport report);
  Awaitable<> write_records();
  Awaitable<> wait_for_records();
  std::vector<DeviceReport> take_records();
  void keep_for_later(std::vector<DeviceReport> reports);

  Parts parts_;
  TaskGroup tasks_;
  asio::steady_timer wake_;
  std::unordered_map<DeviceKey, telemetry::StatusReport> waiting_;   // still to be written
  std::unordered_map<DeviceKey, telemetry::StatusReport> recorded_;  // what was written last
};

}  // namespace pitview::devices
