#include "streams/gateway_sync.h"

#include <charconv>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"
#include "streams/stream_path.h"

namespace pitview::streams {
namespace {

constexpr std::chrono::milliseconds kLookEvery{500};  // a right that ends cuts within a second
constexpr std::chrono::seconds kCamerasEvery{2};
constexpr std::chrono::seconds kViewersEvery{15};  // the heartbeat of platform.note_viewers
constexpr std::chrono::seconds kPatience{10};      // a gateway that starts anew is no news
constexpr const char* kChannel = "video";
constexpr const char* kSealedFor = "pits.camera_rtsp_url";

struct CameraStatusEvent {
  PitId pit_id;
  std::string status;
};
BOOST_DESCRIBE_STRUCT(CameraStatusEvent, (), (pit_id, status))

// What the gateway hands back is what we signed; 0, nobody's, if not.
SessionId session_of(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return SessionId(failure == std::errc{} && end == text.data() + text.size() ? value : 0);
}

}  // namespace

GatewaySync::GatewaySync(asio::any_io_executor executor, std::unique_ptr<GatewayClient> gateway, Parts parts)
    : gateway_(std::move(gateway)), parts_(parts), tasks_(std::move(executor)) {}

void GatewaySync::start() {
  if (gateway_) tasks_.spawn("video_gateway", run());
}

Awaitable<> GatewaySync::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Awaitable<> GatewaySync::run() {
  while (true) {
    try {
      co_await look();
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      log::warning("video_waits_for_database", {{"reason", e.what()}});
    } catch (const std::exception& e) {
      log::warning("video_waits_for_database", {{"reason", e.what()}});
    }
    co_await sleep_for(kLookEvery);
  }
}

Awaitable<> GatewaySync::look() {
  const auto state = co_await gateway_->state();
  if (!state) co_return co_await gateway_is_away(state.error().detail);
  if (std::exchange(away_is_known_, false)) log::info("video_gateway_is_back");
  away_since_.reset();
  const bool is_new = state->instance != told_instance_;
  if (is_new || Steady::now() >= cameras_due_) {
    if (!co_await tell_cameras(state->instance)) co_return;
    cameras_due_ = Steady::now() + kCamerasEvery;
  }
  co_await cut_who_may_not(state->viewers);
  co_await note_viewers(state->viewers);
  // What was seen before it was told is seen anew.
  if (!is_new) co_await note_cameras(state->cameras);
  for (GatewayObserver* observer : parts_.observers) co_await observer->look(*gateway_, *state);
}

// Whether the gateway has them now.
Awaitable<bool> GatewaySync::tell_cameras(const std::string& instance) {
  std::vector<PitCameraRow> rows = co_await parts_.streams.cameras();
  if (instance == told_instance_ && rows == told_) co_return true;
  const auto told = co_await gateway_->set_cameras(wanted_of(rows));
  if (!told) {
    co_await gateway_is_away(told.error().detail);
    co_return false;
  }
  log::info("cameras_told", {{"cameras", rows.size()}});
  told_ = std::move(rows);
  told_instance_ = instance;
  co_return true;
}

video::WantedCameras GatewaySync::wanted_of(const std::vector<PitCameraRow>& rows) {
  video::WantedCameras wanted;
  places_.clear();
  for (const PitCameraRow& row : rows) {
    auto url = crypto::open(parts_.data_key, row.sealed_url, kSealedFor);
    if (!url) {
      log::error("camera_address_is_unreadable", {{"pit", row.pit.value}});
      continue;
    }
    std::string path = stream_path(parts_.data_key, row.workshop, row.pit);
    places_.emplace(path, Place{row.workshop, row.pit, row.at_work});
    video::WantedCamera camera{std::move(path), std::move(*url), row.at_work, {}};
    if (row.recorded) camera.record = recordings_name(parts_.data_key, row.workshop);
    wanted.cameras.push_back(std::move(camera));
  }
  return wanted;
}

Awaitable<> GatewaySync::cut_who_may_not(const std::vector<video::ViewerPresence>& viewers) {
  if (viewers.empty()) co_return;
  std::vector<Watching> watching;
  for (const video::ViewerPresence& viewer : viewers) {
    const auto place = places_.find(viewer.path);
    watching.push_back({session_of(viewer.session), place == places_.end() ? PitId() : place->second.pit});
  }
  const auto allowed = co_await parts_.streams.may_watch(watching);
  const std::set<Watching> may(allowed.begin(), allowed.end());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < viewers.size(); ++i)
    if (!may.contains(watching[i])) ids.push_back(viewers[i].id);
  if (ids.empty()) co_return;
  const auto cut = co_await gateway_->cut(std::move(ids));
  if (cut) log::info("viewers_cut", {{"viewers", *cut}});
}

Awaitable<> GatewaySync::note_cameras(const std::vector<video::CameraPresence>& cameras) {
  std::map<PitId, std::string> seen;
  for (const video::CameraPresence& camera : cameras) {
    const auto place = places_.find(camera.path);
    if (place == places_.end()) continue;
    // A wanted camera is soon there or not; until then nothing is new.
    if (!camera.online && place->second.at_work) {
      const auto noted = noted_cameras_.find(place->second.pit);
      seen[place->second.pit] = noted == noted_cameras_.end() ? "unknown" : noted->second;
    } else {
      seen[place->second.pit] = !camera.online ? "unknown" : *camera.online ? "online" : "offline";
    }
  }
  std::vector<CameraStatus> changed;
  for (const auto& [pit, status] : seen) {
    const auto noted = noted_cameras_.find(pit);
    if (noted == noted_cameras_.end() || noted->second != status) changed.push_back({pit, status});
  }
  for (const auto& [pit, status] : noted_cameras_)
    if (!seen.contains(pit)) changed.push_back({pit, "unknown"});
  if (changed.empty()) co_return;
  co_await publish(std::move(changed));
  noted_cameras_ = std::move(seen);
}

// The monitor is told what is, the browsers what is new.
Awaitable<> GatewaySync::publish(std::vector<CameraStatus> changed) {
  const std::vector<CameraStatus> all = changed;
  for (const CameraNews& news : co_await parts_.streams.note(std::move(changed)))
    parts_.hub.publish(
        {"camera_status", news.workshop, news.pit, {}, {}, json::write(CameraStatusEvent{news.pit, news.status})});
  for (const CameraStatus& camera : all)
    parts_.alert_monitor.camera(camera.pit,
                                camera.status == "unknown" ? std::nullopt : std::optional(camera.status == "online"));
}

Awaitable<> GatewaySync::note_viewers(const std::vector<video::ViewerPresence>& viewers) {
  std::set<SessionId> sessions;
  for (const video::ViewerPresence& viewer : viewers)
    if (const SessionId session = session_of(viewer.session); session.value != 0) sessions.insert(session);
  if (noted_viewers_ == sessions && Steady::now() < viewers_due_) co_return;
  co_await parts_.viewer_log.note(kChannel, {sessions.begin(), sessions.end()});
  noted_viewers_ = std::move(sessions);
  viewers_due_ = Steady::now() + kViewersEvery;
}

// Nobody watches through a gateway that is away, and nobody knows how its cameras are;
// alerts stay as they are until somebody does.
Awaitable<> GatewaySync::gateway_is_away(std::string reason) {
  if (!away_since_) away_since_ = Steady::now();
  if (away_is_known_ || Steady::now() - *away_since_ < kPatience) co_return;
  log::warning("video_gateway_is_away", {{"reason", reason}});
  co_await note_viewers({});
  std::vector<CameraStatus> unknown;
  for (const auto& [pit, status] : noted_cameras_) unknown.push_back({pit, "unknown"});
  for (const CameraNews& news : co_await parts_.streams.note(std::move(unknown)))
    parts_.hub.publish(
        {"camera_status", news.workshop, news.pit, {}, {}, json::write(CameraStatusEvent{news.pit, news.status})});
  noted_cameras_.clear();
  away_is_known_ = true;
}

}  // namespace pitview::streams
