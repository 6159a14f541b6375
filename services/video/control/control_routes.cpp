#include "control/control_routes.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "camera/probe.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"
#include "pitview/video/control.h"

namespace pitview::video {
namespace {

constexpr std::size_t kMaxCameras = 5'000;
constexpr int kMaxProbes = 4;
constexpr std::size_t kMaxPath = 100;
constexpr std::size_t kMaxBody = std::size_t{4} << 20;
constexpr std::size_t kMaxChanges = 2'000;  // told at once

bool is_path(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPath && text != "control" &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Error refused() { return {Errc::unauthenticated, "This is for pitview-server.", {}, 0}; }

Result<std::vector<CameraSettings>> settings_of(const WantedCameras& wanted) {
  Error error{Errc::validation_failed, "The list of cameras has a fault.", {}, 0};
  if (wanted.cameras.size() > kMaxCameras) error.fields.push_back({"cameras", "must be at most 5000"});
  std::vector<CameraSettings> all;
  std::set<std::string> paths;
  for (std::size_t i = 0; i < wanted.cameras.size() && error.fields.size() < 20; ++i) {
    const WantedCamera& camera = wanted.cameras[i];
    const std::string field = "cameras[" + std::to_string(i) + "]";
    if (!is_path(camera.path) || is_clip(camera.path) || !paths.insert(camera.path).second)
      error.fields.push_back({field + ".path", "must be 1 to 100 of a-z, 0-9 and -, no clip, and only once"});
    auto url = rtsp::parse_url(camera.rtsp_url);
    if (!url) {
      error.fields.push_back({field + ".rtsp_url", url.error().detail});
      continue;
    }
    const std::string record = camera.record.value_or("");
    if (camera.record && !is_path(record))
      error.fields.push_back({field + ".record", "must be 1 to 100 of a-z, 0-9 and -"});
    all.push_back({camera.path, std::move(*url), camera.always_on.value_or(false) || !record.empty(), record});
  }
  if (!error.fields.empty()) return error;
  return all;
}

CameraReport report_of(Camera& camera) {
  const Stream& stream = camera.stream();
  CameraReport report{.path = camera.settings().path, .state = std::string(name_of(camera.state()))};
  if (camera.failure()) {
    report.fault = name_of(camera.failure()->fault);
    report.detail = camera.failure()->detail;
  }
  report.codec = camera.codec();
  if (const auto& format = stream.format()) {
    report.profile = h264::profile_name(*format);
    report.width = format->width;
    report.height = format->height;
    report.frames_per_second = format->frames_per_second;
  }
  const Stream::Counters& counters = stream.counters();
  report.frames = counters.frames;
  report.bytes = counters.bytes;
  report.damaged = counters.damaged;
  report.b_slices = counters.b_slices;
  report.connections = camera.connections();
  report.viewers = stream.sinks();
  if (const auto last = stream.last_frame())
    report.last_frame_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - *last).count();
  return report;
}

ViewerReport report_of(const Viewer& viewer, SteadyTime now) {
  const Viewer::Statistics& statistics = viewer.statistics();
  ViewerReport report{.id = viewer.id(),
                      .path = viewer.path(),
                      .subject = viewer.subject().id,
                      .session = viewer.subject().session,
                      .playing = viewer.is_playing(),
                      .transport = std::string(viewer.transport()),
                      .seconds = std::chrono::duration<double>(now - viewer.since()).count(),
                      .frames = statistics.frames,
                      .packets = statistics.packets,
                      .bytes = statistics.bytes,
                      .retransmitted = statistics.retransmitted,
                      .dropped = statistics.dropped,
                      .keyframe_requests = statistics.keyframe_requests,
                      .lost_fraction = statistics.lost_fraction};
  if (statistics.round_trip) report.round_trip_ms = static_cast<double>(statistics.round_trip->count()) / 1000.0;
  return report;
}

ViewerReport report_of(const HlsViewer& viewer, SteadyTime now) {
  return {.id = viewer.id,
          .path = viewer.path,
          .subject = viewer.subject.id,
          .session = viewer.subject.session,
          .playing = viewer.bytes > 0,
          .transport = "hls",
          .seconds = std::chrono::duration<double>(now - viewer.since).count(),
          .bytes = viewer.bytes};
}

}  // namespace

void ControlRoutes::add_to(http::Router& router) {
  router.add(http::Method::put, "/control/cameras", [this](const http::Request& r) { return set_cameras(r); },
             {.body_limit = kMaxBody});
  router.add(http::Method::get, "/control/cameras", [this](const http::Request& r) { return list_cameras(r); });
  router.add(http::Method::get, "/control/viewers", [this](const http::Request& r) { return list_viewers(r); });
  router.add(http::Method::get, "/control/state", [this](const http::Request& r) { return state(r); });
  router.add(http::Method::post, "/control/probe", [this](const http::Request& r) { return probe(r); });
  router.add(http::Method::post, "/control/viewers/cut", [this](const http::Request& r) { return cut(r); });
  router.add(http::Method::get, "/control/recordings", [this](const http::Request& r) { return list_recordings(r); });
  router.add(http::Method::post, "/control/recordings/remove",
             [this](const http::Request& r) { return remove_recordings(r); }, {.body_limit = kMaxBody});
  router.add(http::Method::post, "/control/clips", [this](const http::Request& r) { return make_clip(r); });
}

// The secret as hexadecimal text, as it stands in its file.
bool ControlRoutes::is_server(const http::Request& request) const {
  return crypto::equal_constant_time(request.header("Authorization"), "Bearer " + crypto::to_hex(parts_.secret));
}

Awaitable<http::Response> ControlRoutes::set_cameras(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  const auto wanted = json::read<WantedCameras>(request.body);
  if (!wanted) co_return http::problem(wanted.error(), request.request_id);
  auto settings = settings_of(*wanted);
  if (!settings) co_return http::problem(settings.error(), request.request_id);
  co_await parts_.cameras.set(std::move(*settings));
  if (parts_.recordings != nullptr) parts_.recordings->follow(parts_.cameras);
  co_return http::Response::no_content();
}

Awaitable<http::Response> ControlRoutes::list_cameras(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  std::vector<CameraReport> reports;
  parts_.cameras.for_each([&](Camera& camera) {
    reports.push_back(report_of(camera));
    CameraReport& report = reports.back();
    report.recorded = parts_.recordings != nullptr && parts_.recordings->records(camera.settings().path);
    // A recorder is nobody who watches.
    if (report.recorded) --report.viewers;
  });
  co_return http::Response::json(200, json::write(reports));
}

Awaitable<http::Response> ControlRoutes::list_viewers(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  const SteadyTime now = std::chrono::steady_clock::now();
  std::vector<ViewerReport> reports;
  parts_.viewers.for_each([&](const Viewer& viewer) { reports.push_back(report_of(viewer, now)); });
  parts_.hls_viewers.for_each([&](const HlsViewer& viewer) { reports.push_back(report_of(viewer, now)); });
  co_return http::Response::json(200, json::write(reports));
}

Awaitable<http::Response> ControlRoutes::state(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  GatewayState state{.instance = instance_};
  parts_.cameras.for_each(
      [&](Camera& camera) { state.cameras.push_back({camera.settings().path, camera.is_online()}); });
  parts_.viewers.for_each([&](const Viewer& viewer) {
    state.viewers.push_back({viewer.id(), viewer.path(), viewer.subject().id, viewer.subject().session});
  });
  parts_.hls_viewers.for_each([&](const HlsViewer& viewer) {
    state.viewers.push_back({viewer.id, viewer.path, viewer.subject.id, viewer.subject.session});
  });
  parts_.playbacks.for_each([&](const PlaybackSession& session) {
    state.playbacks.push_back({session.id, session.range.path, session.subject.id, session.subject.session});
  });
  if (parts_.recordings != nullptr) state.recordings = parts_.recordings->state();
  if (parts_.clips != nullptr) state.clips = parts_.clips->reports();
  co_return http::Response::json(200, json::write(state));
}

Awaitable<http::Response> ControlRoutes::probe(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  const auto wanted = json::read<ProbeRequest>(request.body);
  if (!wanted) co_return http::problem(wanted.error(), request.request_id);
  auto url = rtsp::parse_url(wanted->rtsp_url);
  if (!url)
    co_return http::problem({Errc::validation_failed, "The address is none.", {{"rtsp_url", url.error().detail}}, 0},
                            request.request_id);
  if (probes_ >= kMaxProbes)
    co_return http::problem({Errc::rate_limited, "Other cameras are being looked at.", {}, 5}, request.request_id);
  struct Count {
    explicit Count(int& number) : number_(number) { ++number_; }
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;
    ~Count() { --number_; }
    int& number_;
  } const count(probes_);
  co_return http::Response::json(200, json::write(co_await probe_camera(std::move(*url))));
}

Awaitable<http::Response> ControlRoutes::cut(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  const auto wanted = json::read<CutRequest>(request.body);
  if (!wanted) co_return http::problem(wanted.error(), request.request_id);
  if (!wanted->viewers && !wanted->path && !wanted->subject && !wanted->session)
    co_return http::problem({Errc::validation_failed, "Say whom to cut: viewers, path, subject or session.", {}, 0},
                            request.request_id);
  const auto named = wanted->viewers.value_or(std::vector<std::string>());
  const std::set<std::string> ids(named.begin(), named.end());
  const Timestamp now = parts_.clock.now();
  const auto matches = [&](const std::string& id, const std::string& path, const Subject& subject) {
    const bool does = (!wanted->viewers || ids.contains(id)) && (!wanted->path || *wanted->path == path) &&
                      (!wanted->subject || *wanted->subject == subject.id) &&
                      (!wanted->session || *wanted->session == subject.session);
    if (does) parts_.cut_rights.cut(path, subject.session, now);
    return does;
  };
  const std::size_t count = parts_.viewers.cut([&](const Viewer& viewer) {
    return matches(viewer.id(), viewer.path(), viewer.subject());
  }) + parts_.hls_viewers.cut([&](const HlsViewer& viewer) { return matches(viewer.id, viewer.path, viewer.subject); });
  const std::size_t playbacks = parts_.playbacks.cut([&](const PlaybackSession& session) {
    if (!matches(session.id, session.range.path, session.subject)) return false;
    parts_.cut_rights.cut(address_of(session.range), session.subject.session, now);
    return true;
  });
  co_return http::Response::json(200, json::write(CutAnswer{count + playbacks}));
}

Awaitable<http::Response> ControlRoutes::list_recordings(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  if (parts_.recordings == nullptr || !parts_.recordings->catalogue().is_complete())
    co_return http::problem({Errc::unavailable, "The recordings are not known yet.", {}, 2}, request.request_id);
  std::uint64_t after = 0;
  for (const auto& [name, value] : request.query)
    if (name == "after") std::from_chars(value.data(), value.data() + value.size(), after);
  const Catalogue::Changes told = parts_.recordings->catalogue().changes(after, kMaxChanges);
  RecordingChanges answer{
      .instance = instance_, .revision = told.revision, .from_beginning = told.from_beginning, .more = told.more};
  for (const Catalogue::Change& change : told.changes)
    answer.changes.push_back({.path = change.recording.name.path,
                              .began_ms = to_milliseconds(change.recording.name.began),
                              .ended_ms = to_milliseconds(change.recording.ended),
                              .bytes = change.recording.bytes,
                              .removed = change.removed});
  co_return http::Response::json(200, json::write(answer));
}

Awaitable<http::Response> ControlRoutes::remove_recordings(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  const auto wanted = json::read<RemoveRequest>(request.body);
  if (!wanted) co_return http::problem(wanted.error(), request.request_id);
  RemoveAnswer answer;
  if (parts_.recordings == nullptr) co_return http::Response::json(200, json::write(answer));
  for (const RecordingToRemove& recording : wanted->recordings) {
    if (is_clip(recording.path)) parts_.clips->remove(recording.path);
    const auto began = recording.began_ms ? std::optional(from_milliseconds(*recording.began_ms)) : std::nullopt;
    answer.removed += parts_.recordings->catalogue().remove_all(recording.path, began);
  }
  co_return http::Response::json(200, json::write(answer));
}

Awaitable<http::Response> ControlRoutes::make_clip(const http::Request& request) {
  if (!is_server(request)) co_return http::problem(refused(), request.request_id);
  const auto wanted = json::read<ClipRequest>(request.body);
  if (!wanted) co_return http::problem(wanted.error(), request.request_id);
  if (!is_path(wanted->clip) || !is_path(wanted->path))
    co_return http::problem({Errc::validation_failed, "This is no name of a clip or a camera.", {}, 0},
                            request.request_id);
  if (parts_.clips == nullptr)
    co_return http::problem({Errc::unavailable, "Nothing is recorded here.", {}, 0}, request.request_id);
  const auto taken = parts_.clips->make(*wanted);
  if (!taken) co_return http::problem(taken.error(), request.request_id);
  co_return http::Response::no_content();
}

}  // namespace pitview::video
