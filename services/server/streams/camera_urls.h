// The address of the camera that a request is about: the one that is set at a pit, or
// one that the request brings and that is not kept.
#pragma once

#include "pits/camera_address.h"
#include "pits/pits_repository.h"
#include "pitview/base/crypto.h"
#include "streams/streams_repository.h"

namespace pitview::streams {

class CameraUrls {
 public:
  struct Parts {
    pits::PitsRepository& pits;
    StreamsRepository& streams;
    const pits::CameraNetworks& networks;
    const crypto::Key256& data_key;
  };
  explicit CameraUrls(Parts parts) : parts_(parts) {}

  // With the password, if it has one. not_found: no such pit of this workshop, or no camera
  // there. validation_failed: `url` is no address of a camera.
  Awaitable<Result<std::string>> find(WorkshopId workshop, PitId pit, std::optional<std::string> url);

 private:
  Parts parts_;
};

}  // namespace pitview::streams
