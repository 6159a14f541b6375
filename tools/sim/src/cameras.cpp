#include "cameras.h"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "painter.h"
#include "pitview/base/log.h"

namespace pitview::sim {
namespace {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using Object = std::unique_ptr<T, Unref>;

// The painters at work. A stream that its viewer left while it was being prepared ends
// on a thread of GStreamer's, maybe after the server: its painter is stopped here.
class Painters {
 public:
  void add(Painter* painter) {
    const std::lock_guard lock(mutex_);
    if (closed_) painter->stop();
    painters_.insert(painter);
  }
  void remove(Painter* painter) {
    const std::lock_guard lock(mutex_);
    painter->stop();
    painters_.erase(painter);
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (Painter* painter : painters_) painter->stop();
  }

 private:
  std::mutex mutex_;
  bool closed_ = false;
  std::set<Painter*> painters_;
};

// A stream's painter, among the others.
struct StreamPainter {
  StreamPainter(std::unique_ptr<Painter> one, std::shared_ptr<Painters> others)
      : painter(std::move(one)), all(std::move(others)) {
    all->add(painter.get());
  }
  ~StreamPainter() { all->remove(painter.get()); }
  StreamPainter(const StreamPainter&) = delete;
  StreamPainter& operator=(const StreamPainter&) = delete;

  std::unique_ptr<Painter> painter;
  std::shared_ptr<Painters> all;
};

// What a factory's callbacks need; lives as long as the server.
struct Camera {
  std::string path;
  SceneOptions scene;
  const Clock* clock = nullptr;
  Painter::Plan plan;
  std::shared_ptr<Painters> painters;
};

constexpr const char* kPictureName = "picture";
constexpr const char* kPainterKey = "pitview-painter";

// One thread an encoder: one slice a frame, and cameras share the cores. Baseline profile
// has no B-frames at all and is what every browser decodes.
std::string encoder(const CameraConfig& camera) {
  const std::string gop = std::to_string(camera.gop_frames);
  const std::string b_frames = std::to_string(camera.b_frames);
  if (camera.codec == "h265")
    return "x265enc tune=zerolatency speed-preset=ultrafast bitrate=1000 key-int-max=" + gop +
           " option-string=\"bframes=" + b_frames + ":pools=1:frame-threads=1\"" +
           " ! h265parse config-interval=-1 ! rtph265pay name=pay0 pt=96 config-interval=-1";
  // zerolatency would switch B-frames off.
  const std::string tune = camera.b_frames == 0 ? "tune=zerolatency " : "rc-lookahead=8 b-adapt=false ";
  const std::string profile = camera.b_frames == 0 ? "constrained-baseline" : "main";
  return "x264enc " + tune + "speed-preset=superfast threads=1 bitrate=1000 bframes=" + b_frames +
         " key-int-max=" + gop + (camera.slices > 1 ? " option-string=slices=" + std::to_string(camera.slices) : "") +
         " ! video/x-h264,profile=" + profile +
         " ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 config-interval=-1";
}

std::string pipeline(const CameraConfig& camera) {
  return "( appsrc name=" + std::string(kPictureName) +
         " format=time is-live=true do-timestamp=true block=false max-buffers=2 max-bytes=0 max-time=0"
         " leaky-type=downstream caps=video/x-raw,format=BGRx,width=" +
         std::to_string(kPictureWidth) + ",height=" + std::to_string(kPictureHeight) +
         ",framerate=" + std::to_string(kFramesPerSecond) + "/1 ! videoconvert ! video/x-raw,format=I420 ! " +
         encoder(camera) + " )";
}

void delete_painter(gpointer painter) { delete static_cast<StreamPainter*>(painter); }

// GStreamer has built the pipeline for the first viewer: a painter comes with it.
void on_configure(GstRTSPMediaFactory*, GstRTSPMedia* media, gpointer data) {
  const auto* camera = static_cast<const Camera*>(data);
  const Object<GstElement> bin(gst_rtsp_media_get_element(media));
  GstElement* source = gst_bin_get_by_name_recurse_up(GST_BIN(bin.get()), kPictureName);
  auto painter = std::make_unique<Painter>(GST_APP_SRC(source), camera->scene, *camera->clock, camera->plan);
  g_object_set_data_full(G_OBJECT(media), kPainterKey, new StreamPainter(std::move(painter), camera->painters),
                         delete_painter);
  log::info("sim_camera_watched", {{"path", camera->path}});
}

// The last viewer has left.
void on_unprepared(GstRTSPMedia* media, gpointer) { g_object_set_data(G_OBJECT(media), kPainterKey, nullptr); }

void on_constructed(GstRTSPMediaFactory*, GstRTSPMedia* media, gpointer) {
  g_signal_connect(media, "unprepared", G_CALLBACK(on_unprepared), nullptr);
}

gboolean forget_lost_viewers(gpointer server) {
  const Object<GstRTSPSessionPool> pool(gst_rtsp_server_get_session_pool(GST_RTSP_SERVER(server)));
  gst_rtsp_session_pool_cleanup(pool.get());
  return G_SOURCE_CONTINUE;
}

gboolean quit_loop(gpointer loop) {
  g_main_loop_quit(static_cast<GMainLoop*>(loop));
  return G_SOURCE_REMOVE;
}

GstRTSPFilterResult remove_client(GstRTSPServer*, GstRTSPClient*, gpointer) { return GST_RTSP_FILTER_REMOVE; }

// A user name is a role; a camera's factory lets in its own user only.
void require_user(GstRTSPAuth* auth, GstRTSPMediaFactory* factory, const CameraConfig& camera) {
  const std::string user = camera.username.value_or("");
  const std::string password = camera.password.value_or("");
  gst_rtsp_media_factory_add_role(factory, user.c_str(), GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
                                  GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, nullptr);
  GstRTSPToken* token = gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, user.c_str(), nullptr);
  gst_rtsp_auth_add_digest(auth, user.c_str(), password.c_str(), token);
  gchar* basic = gst_rtsp_auth_make_basic(user.c_str(), password.c_str());
  gst_rtsp_auth_add_basic(auth, basic, token);
  g_free(basic);
  gst_rtsp_token_unref(token);
}

std::string missing_plugin(const std::vector<CameraConfig>& cameras) {
  std::vector<const char*> names{"appsrc", "videoconvert", "x264enc", "h264parse", "rtph264pay"};
  if (std::any_of(cameras.begin(), cameras.end(), [](const CameraConfig& camera) { return camera.codec == "h265"; }))
    names.insert(names.end(), {"x265enc", "h265parse", "rtph265pay"});
  for (const char* name : names) {
    GstElementFactory* factory = gst_element_factory_find(name);
    if (factory == nullptr) return name;
    gst_object_unref(factory);
  }
  return {};
}

}  // namespace

struct Cameras::Server {
  std::shared_ptr<Painters> painters = std::make_shared<Painters>();
  std::vector<std::unique_ptr<Camera>> cameras;
  GMainContext* context = g_main_context_new();
  GMainLoop* loop = g_main_loop_new(context, FALSE);
  Object<GstRTSPServer> rtsp{gst_rtsp_server_new()};
  GSource* listener = nullptr;
  GSource* cleaner = nullptr;
  std::jthread thread;

  Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  ~Server() {
    if (thread.joinable()) {
      // From inside the loop: a quit that comes before the run would be forgotten.
      GSource* quit = g_idle_source_new();
      g_source_set_callback(quit, quit_loop, loop, nullptr);
      g_source_attach(quit, context);
      g_source_unref(quit);
      thread.join();
    }
    for (GSource* source : {listener, cleaner}) {
      if (source == nullptr) continue;
      g_source_destroy(source);
      g_source_unref(source);
    }
    gst_rtsp_server_client_filter(rtsp.get(), remove_client, nullptr);
    // Streams end in the context's handlers, which use what is freed below.
    while (g_main_context_iteration(context, FALSE) == TRUE) {
    }
    painters->close();
    rtsp.reset();
    g_main_loop_unref(loop);
    g_main_context_unref(context);
  }

  void add(const CameraConfig& config, GstRTSPAuth* auth, const Clock& clock) {
    auto camera = std::make_unique<Camera>();
    camera->path = config.path;
    camera->clock = &clock;
    camera->painters = painters;
    camera->plan = {std::chrono::seconds(config.stall_after_s), std::chrono::seconds(config.shrink_after_s),
                    config.timecode};
    camera->scene.width = kPictureWidth;
    camera->scene.height = kPictureHeight;
    camera->scene.title = "Pit " + std::to_string(config.pit_number) + " · " + config.car;
    camera->scene.body = body_of(config.car);
    camera->scene.colour = parse_colour(config.colour).value_or(rgb(0x2f5c9e));
    camera->scene.pit_number = config.pit_number;

    GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
    gst_rtsp_media_factory_set_launch(factory, pipeline(config).c_str());
    gst_rtsp_media_factory_set_shared(factory, TRUE);
    gst_rtsp_media_factory_set_latency(factory, 0);
    g_signal_connect(factory, "media-constructed", G_CALLBACK(on_constructed), nullptr);
    g_signal_connect(factory, "media-configure", G_CALLBACK(on_configure), camera.get());
    if (auth != nullptr) require_user(auth, factory, config);
    const Object<GstRTSPMountPoints> mounts(gst_rtsp_server_get_mount_points(rtsp.get()));
    gst_rtsp_mount_points_add_factory(mounts.get(), config.path.c_str(), factory);  // takes over the reference
    cameras.push_back(std::move(camera));
  }

  bool listen() {
    GError* failure = nullptr;
    listener = gst_rtsp_server_create_source(rtsp.get(), nullptr, &failure);
    g_clear_error(&failure);
    if (listener == nullptr) return false;
    g_source_set_callback(listener, G_SOURCE_FUNC(gst_rtsp_server_io_func), rtsp.get(), nullptr);
    g_source_attach(listener, context);
    cleaner = g_timeout_source_new_seconds(5);
    g_source_set_callback(cleaner, forget_lost_viewers, rtsp.get(), nullptr);
    g_source_attach(cleaner, context);
    thread = std::jthread([this] {
      g_main_context_push_thread_default(context);
      g_main_loop_run(loop);
      g_main_context_pop_thread_default(context);
    });
    return true;
  }
};

Cameras::Cameras(std::unique_ptr<Server> server) : server_(std::move(server)) {}
Cameras::~Cameras() = default;

Result<std::unique_ptr<Cameras>> Cameras::start(const RtspConfig& rtsp, const std::vector<CameraConfig>& cameras,
                                                const Clock& clock) {
  gst_init(nullptr, nullptr);
  if (const std::string missing = missing_plugin(cameras); !missing.empty())
    return {Errc::unavailable,
            "GStreamer has no element " + missing + "; gstreamer1.0-plugins-{base,good,bad,ugly} have."};
  auto server = std::make_unique<Server>();
  gst_rtsp_server_set_address(server->rtsp.get(), rtsp.address.c_str());
  gst_rtsp_server_set_service(server->rtsp.get(), std::to_string(rtsp.port).c_str());

  Object<GstRTSPAuth> auth;
  if (!cameras.empty() && !cameras.front().username.value_or("").empty()) {
    auth.reset(gst_rtsp_auth_new());
    gst_rtsp_auth_set_supported_methods(auth.get(), GST_RTSP_AUTH_DIGEST);
    gst_rtsp_server_set_auth(server->rtsp.get(), auth.get());
  }
  for (const CameraConfig& camera : cameras) server->add(camera, auth.get(), clock);
  if (!server->listen())
    return {Errc::unavailable, "Cannot listen for RTSP on " + rtsp.address + ":" + std::to_string(rtsp.port) +
                                   "; another program may use the port."};
  return std::unique_ptr<Cameras>(new Cameras(std::move(server)));
}

}  // namespace pitview::sim
