// Sets a camera up for live viewing: reads the settings of its two streams, changes what must
// be changed, and reads again what the camera has made of it.
#pragma once

#include <mutex>
#include <set>

#include "audit/actor.h"
#include "cameras_isapi/camera_setup.h"
#include "pits/pits_repository.h"
#include "streams/camera_urls.h"

namespace pitview::cameras_isapi {

class CameraSetupService {
 public:
  struct Parts {
    pits::PitsRepository& pits;
    streams::CameraUrls& urls;
  };
  explicit CameraSetupService(Parts parts) : parts_(parts) {}

  // `url`: of the camera; empty: the one that is set at the pit. not_found: no such pit, or no
  // camera there. validation_failed: no address of a camera. rate_limited: it is being set up now.
  // unavailable, conflict: the camera cannot be reached or will not, in a sentence for people.
  Awaitable<Result<CameraSetup>> set_up(audit::Actor actor, PitId pit, std::optional<std::string> url,
                                        std::optional<std::uint16_t> http_port);

 private:
  // Two at a time would write over each other what they have read before.
  class Turn;

  Awaitable<> record(audit::Actor actor, const CameraSetup& setup);

  Parts parts_;
  std::mutex mutex_;
  std::set<std::string> at_work_;  // addresses of cameras
};

}  // namespace pitview::cameras_isapi
