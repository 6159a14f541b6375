// `/{path}/still.jpg?token=…&width=640`: the newest key frame as a JPEG.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "access/cut_rights.h"
#include "camera/cameras.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/http/router.h"

namespace pitview::video {

class StillRoutes {
 public:
  struct Parts {
    Cameras& cameras;
    const CutRights& cut_rights;
    const crypto::Key256& token_secret;
    const Clock& clock;
  };
  explicit StillRoutes(Parts parts) : parts_(parts) {}

  // Precondition: this outlives the router.
  void add_to(http::Router& router);
  // The camera goes.
  void forget(const std::string& path);

 private:
  using SharedBytes = std::shared_ptr<const std::string>;
  // The last still of a camera in one width, and of which key frame it is.
  struct Made {
    FramePtr of;
    SharedBytes jpeg;
    bool being_made = false;  // the next one
  };
  Awaitable<http::Response> still(const http::Request& request);
  Awaitable<Result<SharedBytes>> made_of(const std::string& path, FramePtr keyframe, int width);

  Parts parts_;
  CpuPool pool_{1, 64};
  std::map<std::pair<std::string, int>, Made> made_;
};

}  // namespace pitview::video
