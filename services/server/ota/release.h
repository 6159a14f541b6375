// Firmware releases as super administrators see them.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::ota {

using ReleaseId = StrongId<struct ReleaseTag>;
using CampaignId = StrongId<struct CampaignTag>;

// How many devices are in which state. A device counts once for each campaign.
struct StateCounts {
  int offered = 0;
  int installed = 0;
  int rolled_back = 0;
  int failed = 0;
};
BOOST_DESCRIBE_STRUCT(StateCounts, (), (offered, installed, rolled_back, failed))

struct FirmwareRelease {
  ReleaseId release_id;
  std::string version;
  std::string hw_rev;
  std::string notes;
  int size = 0;           // bytes of the image
  std::string sha256;     // lower-case hexadecimal, as is the signature
  std::string signature;  // ECDSA P-256 in DER
  Timestamp created_at;
  std::string created_by;  // a name
};
BOOST_DESCRIBE_STRUCT(FirmwareRelease, (),
                      (release_id, version, hw_rev, notes, size, sha256, signature, created_at, created_by))

struct FirmwareReleaseDetail : FirmwareRelease {
  StateCounts devices;
};
BOOST_DESCRIBE_STRUCT(FirmwareReleaseDetail, (FirmwareRelease), (devices))

}  // namespace pitview::ota
