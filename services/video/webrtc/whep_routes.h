// WHEP (draft-ietf-wish-whep): a browser posts its offer and gets the answer.
#pragma once

#include <string>
#include <vector>

#include "access/cut_rights.h"
#include "camera/cameras.h"
#include "pitview/http/router.h"
#include "pitview/video/stream_token.h"
#include "webrtc/viewers.h"

namespace pitview::video {

class WhepRoutes {
 public:
  struct Parts {
    Cameras& cameras;
    Viewers& viewers;
    const CutRights& cut_rights;
    const crypto::Key256& token_secret;
    const Clock& clock;
    std::vector<webrtc::Candidate> candidates;
  };
  explicit WhepRoutes(Parts parts) : parts_(std::move(parts)) {}

  // Precondition: this outlives the router.
  void add_to(http::Router& router);

 private:
  Awaitable<http::Response> offer(const http::Request& request);
  Awaitable<http::Response> end(const http::Request& request);

  Parts parts_;
};

}  // namespace pitview::video
