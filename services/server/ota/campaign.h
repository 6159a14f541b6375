// Campaigns, which offer a release, as super administrators see them.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ota/release.h"

namespace pitview::ota {

// stopped by a person; halted by too many failures, for good.
BOOST_DEFINE_ENUM_CLASS(CampaignStatus, running, stopped, halted)

BOOST_DEFINE_ENUM_CLASS(FirmwareState, offered, installed, rolled_back, failed)

// Null: not limited by it.
struct FirmwareCohort {
  std::optional<std::vector<std::string>> workshop_codes;
  std::optional<std::string> batch;  // its name
};
BOOST_DESCRIBE_STRUCT(FirmwareCohort, (), (workshop_codes, batch))

struct FirmwareCampaign {
  CampaignId campaign_id;
  ReleaseId release_id;
  std::string version;
  std::string hw_rev;
  FirmwareCohort cohort;
  int percentage = 0;           // of the cohort
  int max_failure_percent = 0;  // of the outcomes
  CampaignStatus status = CampaignStatus::running;
  StateCounts devices;
  Timestamp created_at;
  Timestamp changed_at;
  std::string created_by;  // a name
};
BOOST_DESCRIBE_STRUCT(FirmwareCampaign, (),
                      (campaign_id, release_id, version, hw_rev, cohort, percentage, max_failure_percent, status,
                       devices, created_at, changed_at, created_by))

struct FirmwareDevice {
  std::string device_id;
  std::string workshop_code;
  std::optional<std::string> fw;  // as the device says in its status
  FirmwareState state = FirmwareState::offered;
  std::string detail;
  Timestamp offered_at;
  std::optional<Timestamp> reported_at;
};
BOOST_DESCRIBE_STRUCT(FirmwareDevice, (), (device_id, workshop_code, fw, state, detail, offered_at, reported_at))

}  // namespace pitview::ota
