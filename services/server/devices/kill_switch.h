// Tells devices to stop when their licence ends and to go on when it is good
// again (decisions D5, D44). The list of devices shows that a licence has changed,
// a refused reading that a device has not heard of it.
//
// One thread, the ingest's.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "devices/broker_sync.h"
#include "telemetry/device_directory.h"
#include "telemetry/sensor_message.h"

namespace pitview::devices {

class KillSwitch {
 public:
  struct Parts {
    DevicesRepository& devices;
    BrokerSync& broker;
    const Clock& clock;
    const crypto::Key256& data_key;
  };
  KillSwitch(asio::any_io_executor executor, Parts parts) : parts_(parts), tasks_(std::move(executor)) {}

  Awaitable<> stop();

  void directory_loaded(const telemetry::DeviceDirectory& directory);
  // It sent a reading that its licence does not allow.
  void licence_refused(const telemetry::Device& device);
  // It, or its last will, said what it is.
  void reported(const telemetry::Device& device, const telemetry::StatusReport& report);

 private:
  void start(const telemetry::Device& device, bool repeat);
  Awaitable<> tell(WorkshopId workshop, DeviceKey device, std::string device_id, bool repeat);
  Awaitable<> tell_unless_known(WorkshopId workshop, DeviceKey device, bool repeat);
  void note_told(DeviceKey device);

  Parts parts_;
  TaskGroup tasks_;
  bool stopping_ = false;
  std::unordered_set<DeviceKey> under_way_;
  // Devices that were told to stop: not again, whatever they send, until they connect
  // anew or say something else.
  std::unordered_map<DeviceKey, telemetry::StatusReport> told_;
  std::unordered_map<DeviceKey, telemetry::StatusReport> last_report_;
};

}  // namespace pitview::devices
