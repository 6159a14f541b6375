// What pitview-server says to the gateway, on loopback and with their shared secret:
// which cameras there are, who watches, who is to be cut.
#pragma once

#include "access/cut_rights.h"
#include "camera/cameras.h"
#include "hls/hls_viewers.h"
#include "pitview/base/crypto.h"
#include "pitview/http/router.h"
#include "playback/clips.h"
#include "playback/playback_sessions.h"
#include "recording/recordings.h"
#include "webrtc/viewers.h"

namespace pitview::video {

class ControlRoutes {
 public:
  struct Parts {
    Cameras& cameras;
    Viewers& viewers;
    HlsViewers& hls_viewers;
    PlaybackSessions& playbacks;
    Recordings* recordings;  // null: nothing is recorded; and so
    Clips* clips;
    CutRights& cut_rights;
    const crypto::Key256& secret;
    const Clock& clock;
  };
  explicit ControlRoutes(Parts parts) : parts_(parts) {}

  // Precondition: this outlives the router.
  void add_to(http::Router& router);

 private:
  Awaitable<http::Response> set_cameras(const http::Request& request);
  Awaitable<http::Response> list_cameras(const http::Request& request);
  Awaitable<http::Response> list_viewers(const http::Request& request);
  Awaitable<http::Response> state(const http::Request& request);
  Awaitable<http::Response> probe(const http::Request& request);
  Awaitable<http::Response> cut(const http::Request& request);
  Awaitable<http::Response> list_recordings(const http::Request& request);
  Awaitable<http::Response> remove_recordings(const http::Request& request);
  Awaitable<http::Response> make_clip(const http::Request& request);

  bool is_server(const http::Request& request) const;

  Parts parts_;
  int probes_ = 0;                                        // that go on now
  const std::string instance_ = crypto::random_token(9);  // of this process
};

}  // namespace pitview::video
