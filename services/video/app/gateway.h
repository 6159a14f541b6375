// Wires cameras, viewers and HTTP together and runs them on one thread.
#pragma once

#include "app/config.h"
#include "camera/cameras.h"
#include "control/control_routes.h"
#include "hls/hls_routes.h"
#include "pitview/async/runtime.h"
#include "pitview/http/server.h"
#include "playback/playback_routes.h"
#include "recording/recordings.h"
#include "stills/still_routes.h"
#include "webrtc/whep_routes.h"

namespace pitview::video {

class Gateway {
 public:
  // config::ConfigError for secrets that cannot be read.
  explicit Gateway(const Config& config);

  // Until SIGTERM or SIGINT; the exit code.
  int run();

 private:
  http::Options http_options(const Config& config) const;
  http::Router make_router();
  Awaitable<> stop_on_signal();

  const crypto::Key256 token_secret_;
  const crypto::Key256 control_secret_;
  SystemClock clock_;
  Runtime runtime_{1};
  UdpPort udp_port_;
  std::unique_ptr<TcpPort> tcp_port_;  // null: configured off
  Cameras cameras_;
  std::unique_ptr<Recordings> recordings_;  // null: configured off; and so
  std::unique_ptr<Library> library_;
  std::unique_ptr<Clips> clips_;
  Viewers viewers_;
  HlsViewers hls_viewers_;
  PlaybackSessions playbacks_;
  CutRights cut_rights_;
  WhepRoutes whep_;
  HlsRoutes hls_;
  StillRoutes stills_;
  PlaybackRoutes playback_;
  ControlRoutes control_;
  http::Server server_;
};

}  // namespace pitview::video
