// Looks at a camera through the gateway and judges it, before or after it is set.
#pragma once

#include "pitview/base/crypto.h"
#include "pitview/domain/principal.h"
#include "streams/camera_test.h"
#include "streams/camera_urls.h"

namespace pitview::streams {

class CameraTestService {
 public:
  struct Parts {
    CameraUrls& urls;
    const crypto::Key256& gateway_secret;
    std::string gateway_url;  // "": there is none
  };
  explicit CameraTestService(Parts parts) : parts_(std::move(parts)) {}

  // `url`: of the camera to look at; empty: the one that is set. not_found: no such pit,
  // or no camera there. validation_failed: no address of a camera. unavailable: no gateway.
  Awaitable<Result<CameraTest>> test(Principal principal, PitId pit, std::optional<std::string> url);

 private:
  Parts parts_;
};

}  // namespace pitview::streams
