// Low-latency HLS: `/{path}/index.m3u8?token=…` opens a session and sends the player on to it.
//
//   /{path}/hls/{viewer}/index.m3u8    the playlist; waits for what _HLS_msn and _HLS_part name
//   /{path}/hls/{viewer}/{file}        heads, parts and segments as the playlist names them
#pragma once

#include "access/cut_rights.h"
#include "camera/cameras.h"
#include "hls/hls_viewers.h"
#include "pitview/http/router.h"

namespace pitview::video {

class HlsRoutes {
 public:
  struct Parts {
    Cameras& cameras;
    HlsViewers& viewers;
    const CutRights& cut_rights;
    const crypto::Key256& token_secret;
    const Clock& clock;
  };
  explicit HlsRoutes(Parts parts) : parts_(parts) {}

  // Precondition: this outlives the router.
  void add_to(http::Router& router);

 private:
  Awaitable<http::Response> open(const http::Request& request);
  Awaitable<http::Response> playlist(const http::Request& request);
  Awaitable<http::Response> file(const http::Request& request);
  HlsViewer* viewer_of(const http::Request& request);

  Parts parts_;
};

}  // namespace pitview::video
