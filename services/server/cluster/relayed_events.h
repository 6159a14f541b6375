// What other servers have published, for the browsers of this one.
#pragma once

#include "auth/ended_sessions.h"
#include "devices/presence.h"
#include "pitview/live/hub.h"
#include "system/server_reports.h"
#include "telemetry/newest_readings.h"
#include "telemetry/reading_watcher.h"

namespace pitview::cluster {

class RelayedEvents {
 public:
  struct Parts {
    devices::Presence* presence;  // none where devices are another server's concern
    telemetry::NewestReadings& newest;
    telemetry::ReadingWatcher* reading_watcher;  // likewise
    auth::EndedSessions& ended_sessions;
    system::ServerReports& reports;
    live::Hub& hub;
    const Clock& clock;
  };
  explicit RelayedEvents(Parts parts) : parts_(parts) {}

  // On the link's thread.
  void take(live::Event event);

 private:
  Parts parts_;
};

}  // namespace pitview::cluster
