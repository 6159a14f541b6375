// The flows that change pits and their cameras. Each change is one transaction with
// its audit row.
#pragma once

#include "audit/actor.h"
#include "devices/device_changes.h"
#include "pits/camera_address.h"
#include "pits/pits_repository.h"

namespace pitview::pits {

using audit::Actor;

struct NewPit {
  std::optional<int> number;  // the next one
  std::optional<std::string> name;
};

struct PitChange {
  std::optional<int> number;
  std::optional<std::string> name;
  std::optional<std::string> status;  // active, disabled, maintenance
};

struct NewCamera {
  std::optional<std::string> model;
  std::optional<std::string> ip;
  std::optional<std::string> url;  // with credentials, if it has some
};

class PitService {
 public:
  struct Parts {
    PitsRepository& pits;
    devices::DeviceChanges& devices;
    const CameraNetworks& networks;
    const crypto::Key256& data_key;
  };
  explicit PitService(Parts parts) : parts_(parts) {}

  // conflict when the number is taken, or none is left.
  Awaitable<Result<PitId>> create(Actor actor, NewPit pit);
  // not_found; conflict when the number is taken, or a pit is disabled where a job
  // waits or runs. A device at the pit is told its new number.
  Awaitable<Result<>> change(Actor actor, PitId pit, PitChange change);

  // not_found.
  Awaitable<Result<Camera>> camera(Principal principal, PitId pit);
  // Puts the whole camera in place of the one before. not_found, validation_failed.
  Awaitable<Result<Camera>> set_camera(Actor actor, PitId pit, NewCamera camera);
  Awaitable<Result<>> remove_camera(Actor actor, PitId pit);

 private:
  Result<CameraAddress> address_of(const NewCamera& camera) const;
  Awaitable<Result<Camera>> store_camera(Actor actor, PitId pit, std::string action, Camera camera,
                                         std::optional<std::string> sealed_url);

  Parts parts_;
};

// AES-256-GCM, as the column pits.camera_rtsp_url_sealed has it.
std::string seal_camera_url(const crypto::Key256& data_key, const std::string& url);

}  // namespace pitview::pits
