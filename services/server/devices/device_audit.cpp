#include "devices/device_audit.h"

#include "audit/audit_log.h"
#include "devices/device_status_event.h"
#include "pitview/json/write.h"

namespace pitview::devices {

struct AuditedDevice {
  std::string status;
  std::string status_reason;
  std::string licence;
  std::optional<PitId> pit_id;
  std::int64_t state_version = 0;
  int temperature_offset_centi = 0;
  int humidity_offset_centi = 0;
};
BOOST_DESCRIBE_STRUCT(AuditedDevice, (),
                      (status, status_reason, licence, pit_id, state_version, temperature_offset_centi,
                       humidity_offset_centi))

namespace {

std::string auditable(const Device& device) {
  return json::write(AuditedDevice{device.status, device.status_reason, device.licence, device.pit_id,
                                   device.state_version, device.temperature_offset_centi,
                                   device.humidity_offset_centi});
}

}  // namespace

Awaitable<> record_change(postgres::Transaction& tx, const Actor& actor, std::string action,
                          const std::optional<Device>& before, const StoredDevice& after) {
  audit::Entry entry{
      .action = std::move(action), .subject = "device", .subject_id = after.key.value, .after = auditable(after.shown)};
  if (before) entry.before = auditable(*before);
  co_await audit::record(tx, after.shown.workshop_id, actor, std::move(entry));
}

void announce(live::Hub& hub, const StoredDevice& device) {
  const Device& shown = device.shown;
  std::string status = "unknown";
  if (shown.status == "disabled") {
    status = "disabled";
  } else if (shown.last_seen) {
    status = shown.online ? "online" : "offline";
  }
  publish_device_status(hub, shown.workshop_id, shown.pit_id, std::move(status), shown.last_seen);
}

}  // namespace pitview::devices
