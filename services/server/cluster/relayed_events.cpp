#include "cluster/relayed_events.h"

#include "pitview/json/read.h"

namespace pitview::cluster {

void RelayedEvents::take(live::Event event) {
  if (event.name == "licence_refused") {
    if (parts_.presence != nullptr) parts_.presence->licence_refused(event.device);
    return;
  }
  if (event.name == "server_report") return parts_.reports.note(event.data);
  if (event.name == "sensor_update") {
    const auto reading = json::read<telemetry::Reading>(event.data);
    if (!reading) return;
    if (parts_.presence != nullptr) parts_.presence->heard(event.device, reading->timestamp);
    if (!parts_.newest.note(*reading)) return;
    if (parts_.reading_watcher != nullptr) parts_.reading_watcher->shown(*reading);
  }
  if (event.session.value != 0) parts_.ended_sessions.add(event.session, parts_.clock.now());
  parts_.hub.publish_relayed(std::move(event));
}

}  // namespace pitview::cluster
