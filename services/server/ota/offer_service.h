// The device's side: what it is offered, the image, and what it reports.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>

#include "ota/offers_repository.h"
#include "pitview/domain/principal.h"

namespace pitview::ota {

// As firmware/core/ota/release.h reads it.
struct FirmwareOffer {
  std::string release_id;
  std::string version;
  int size = 0;           // bytes
  std::string sha256;     // lower-case hexadecimal, as is the signature
  std::string signature;  // ECDSA P-256 in DER
  std::string url;        // of the image, absolute
};
BOOST_DESCRIBE_STRUCT(FirmwareOffer, (), (release_id, version, size, sha256, signature, url))

struct FirmwareReport {
  ReleaseId release;
  FirmwareState state = FirmwareState::failed;  // installed, rolled_back or failed
  std::string detail;
};

class OfferService {
 public:
  OfferService(OffersRepository& offers, std::string public_base_url)
      : offers_(offers), public_base_url_(std::move(public_base_url)) {}

  // Empty: nothing newer. Of several campaigns the newest version, then the oldest campaign.
  Awaitable<std::optional<FirmwareOffer>> offer(DeviceKey device, Version running);
  // not_found unless it is offered to the device and the campaign still runs.
  Awaitable<Result<std::string>> image(DeviceKey device, ReleaseId release);
  // not_found when it was never offered to the device. May halt the campaign.
  Awaitable<Result<>> report(DeviceKey device, FirmwareReport report);

 private:
  OffersRepository& offers_;
  std::string public_base_url_;
};

}  // namespace pitview::ota
