// What pitview-server says to the gateway, on loopback and with their shared secret:
// which cameras there are, who watches, who is to be cut.
#pragma once

#include "camera/cameras.h"
#include "pitview/base/crypto.h"
#include "pitview/http/router.h"
#include "webrtc/viewers.h"

namespace pitview::video {

class ControlRoutes {
 public:
  ControlRoutes(Cameras& cameras, Viewers& viewers, const crypto::Key256& secret)
      : cameras_(cameras), viewers_(viewers), secret_(secret) {}

  // Precondition: this outlives the router.
  void add_to(http::Router& router);

 private:
  Awaitable<http::Response> set_cameras(const http::Request& request);
  Awaitable<http::Response> list_cameras(const http::Request& request);
  Awaitable<http::Response> list_viewers(const http::Request& request);
  Awaitable<http::Response> cut(const http::Request& request);

  bool is_server(const http::Request& request) const;

  Cameras& cameras_;
  Viewers& viewers_;
  const crypto::Key256& secret_;
};

}  // namespace pitview::video
