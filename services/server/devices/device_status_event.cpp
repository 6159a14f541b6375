#include "devices/device_status_event.h"

#include <boost/describe/class.hpp>

#include "pitview/json/write.h"

namespace pitview::devices {

struct DeviceStatusEvent {
  std::optional<PitId> pit_id;
  std::string status;
  std::optional<Timestamp> last_seen;
};
BOOST_DESCRIBE_STRUCT(DeviceStatusEvent, (), (pit_id, status, last_seen))

void publish_device_status(live::Hub& hub, WorkshopId workshop, std::optional<PitId> pit, std::string status,
                           std::optional<Timestamp> last_seen) {
  const DeviceStatusEvent event{pit, std::move(status), last_seen};
  hub.publish({"device_status", workshop, pit.value_or(PitId()), {}, {}, json::write(event)});
}

}  // namespace pitview::devices
