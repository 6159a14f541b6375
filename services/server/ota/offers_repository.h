// What devices are offered and report, in PostgreSQL: by functions of schema
// `platform`, because the device that asks is of a workshop and a campaign is not.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "ota/ota_rules.h"

namespace pitview::ota {

// A candidate with what the device is told when it is chosen.
struct StoredCandidate {
  Candidate rule;
  std::string version;
  int size = 0;
  std::string sha256;  // hexadecimal, as is the signature
  std::string signature;
};

// The running campaigns, and the device as they see it: its version is its own to say.
struct Candidates {
  AskingDevice device;
  std::vector<StoredCandidate> campaigns;
};

// An offer that was made to a device, under the lock of its campaign.
struct LockedOffer {
  CampaignId campaign;
  CampaignStatus status = CampaignStatus::running;
  int max_failure_percent = 0;
  FirmwareState state = FirmwareState::offered;
};

class OffersRepository {
 public:
  explicit OffersRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin() { return database_.here().begin_platform(); }

  // Empty unless a running campaign has offered it to the device.
  Awaitable<std::optional<std::string>> image(ReleaseId release, DeviceKey device);

  // Inside a transaction.
  // Empty campaigns and device when nothing runs.
  static Awaitable<Candidates> candidates(postgres::Transaction& tx, DeviceKey device);
  static Awaitable<> note_offer(postgres::Transaction& tx, CampaignId campaign, DeviceKey device);
  static Awaitable<std::optional<LockedOffer>> lock_offer(postgres::Transaction& tx, ReleaseId release,
                                                          DeviceKey device);
  static Awaitable<> record(postgres::Transaction& tx, CampaignId campaign, DeviceKey device, FirmwareState state,
                            std::string detail);
  static Awaitable<StateCounts> counts(postgres::Transaction& tx, CampaignId campaign);
  static Awaitable<> halt(postgres::Transaction& tx, CampaignId campaign);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> offer_statements();

}  // namespace pitview::ota
