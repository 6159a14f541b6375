// Keeps the video gateway as the database wants it, twice a second: its cameras, and who
// goes on watching; and tells the rest of the server what the gateway sees: which cameras
// are there, which customers watch. It compares what is with what should be, so it needs
// no notice of any change, and a restart of either side heals by itself.
//
// On the one server that looks after devices. One thread, that of `executor`.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "alerts/alert_monitor.h"
#include "customers/viewer_log.h"
#include "pitview/async/task_group.h"
#include "pitview/live/hub.h"
#include "streams/gateway_client.h"
#include "streams/streams_repository.h"

namespace pitview::streams {

// Who else has something to keep as the database wants it.
class GatewayObserver {
 public:
  virtual ~GatewayObserver() = default;
  // Twice a second, with what the gateway says of itself.
  virtual Awaitable<> look(GatewayClient& gateway, const video::GatewayState& state) = 0;
};

class GatewaySync {
 public:
  struct Parts {
    StreamsRepository& streams;
    customers::ViewerLog& viewer_log;
    alerts::AlertMonitor& alert_monitor;
    live::Hub& hub;
    const crypto::Key256& data_key;
    std::vector<GatewayObserver*> observers;  // outlive it
  };
  // Without a client there is no gateway, and nothing is done.
  GatewaySync(asio::any_io_executor executor, std::unique_ptr<GatewayClient> gateway, Parts parts);

  void start();
  Awaitable<> stop();

 private:
  using Steady = std::chrono::steady_clock;
  struct Place {
    WorkshopId workshop;
    PitId pit;
    bool at_work = false;
  };

  Awaitable<> run();
  Awaitable<> look();
  Awaitable<bool> tell_cameras(const std::string& instance);
  Awaitable<> cut_who_may_not(const std::vector<video::ViewerPresence>& viewers);
  Awaitable<> note_cameras(const std::vector<video::CameraPresence>& cameras);
  Awaitable<> publish(std::vector<CameraStatus> changed);
  Awaitable<> note_viewers(const std::vector<video::ViewerPresence>& viewers);
  Awaitable<> gateway_is_away(std::string reason);
  video::WantedCameras wanted_of(const std::vector<PitCameraRow>& rows);

  std::unique_ptr<GatewayClient> gateway_;
  Parts parts_;
  TaskGroup tasks_;
  std::map<std::string, Place, std::less<>> places_;  // by path, as the gateway was told
  std::vector<PitCameraRow> told_;
  std::string told_instance_;
  Steady::time_point cameras_due_{};
  std::map<PitId, std::string> noted_cameras_;
  std::optional<std::set<SessionId>> noted_viewers_;
  Steady::time_point viewers_due_{};
  std::optional<Steady::time_point> away_since_;
  bool away_is_known_ = false;
};

}  // namespace pitview::streams
