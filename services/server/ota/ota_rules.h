// Which device is offered which release, and when a campaign ends itself. Pure rules.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ota/campaign.h"
#include "pitview/base/result.h"

namespace pitview::ota {

// "1.4.2": three numbers, no leading zeros, each below 1,000,000, as the firmware has it.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;

  static std::optional<Version> parse(std::string_view text);
  friend auto operator<=>(const Version&, const Version&) = default;
};

// What is known of the device that asks.
struct AskingDevice {
  std::string device_id;
  std::optional<std::string> hw_rev;
  std::string workshop_code;
  std::optional<std::string> batch;
  Version version;  // that it runs
};

// A running campaign, seen by that device.
struct Candidate {
  CampaignId campaign;
  ReleaseId release;
  Version version;
  std::string hw_rev;
  FirmwareCohort cohort;
  int percentage = 0;
  bool rolled_back = false;  // by this device before, in whichever campaign
};

// 0..99, evenly over devices, and another one for each release: a device is in a
// campaign whose percentage is higher, so raising it keeps those who are in.
int bucket_of(ReleaseId release, std::string_view device_id);

bool is_offered(const AskingDevice& device, const Candidate& candidate);

// Ends a campaign: failed and rolled back ones are failures, and three devices must
// have come to an end first.
bool must_halt(const StateCounts& counts, int max_failure_percent);

// What a report makes of a device's state; empty when it changes nothing. A
// release that was rolled back stays so. What the server itself refused, because
// the campaign did not run any more, is no failure of the release.
std::optional<FirmwareState> state_after(FirmwareState now, FirmwareState reported, std::string_view detail,
                                         CampaignStatus campaign);

struct CampaignChange {
  std::optional<int> percentage;
  std::optional<CampaignStatus> status;  // running or stopped
};

// conflict: a halted campaign stays as it is.
Result<> check_change(CampaignStatus now, const CampaignChange& change);

}  // namespace pitview::ota
