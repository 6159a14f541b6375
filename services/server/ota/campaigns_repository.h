// Releases and campaigns in PostgreSQL, for super administrators: tables of schema
// `platform`, and its functions for what concerns workshops and their devices.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/database.h"
#include "ota/ota_rules.h"
#include "ota/release.h"

namespace pitview::ota {

struct NewRelease {
  std::string version;
  std::string hw_rev;
  std::string notes;
  std::string image;
  std::string sha256;     // bytes
  std::string signature;  // bytes
  UserId by;
};

struct NewCampaign {
  ReleaseId release;
  FirmwareCohort cohort;
  int percentage = 0;
  int max_failure_percent = 0;
  UserId by;
};

struct CohortFaults {
  std::vector<std::string> unknown_codes;
  bool batch_is_unknown = false;
};

class CampaignsRepository {
 public:
  explicit CampaignsRepository(app::Database& database) : database_(database) {}

  // Of the platform's workshop: where super administrators and their audit log are.
  Awaitable<postgres::Transaction> begin(WorkshopId platform) { return database_.here().begin(platform); }

  // The newest first; `before`: only older ones.
  Awaitable<std::vector<FirmwareRelease>> releases(WorkshopId platform, std::optional<ReleaseId> before, int limit);
  Awaitable<std::optional<FirmwareReleaseDetail>> release(WorkshopId platform, ReleaseId id);
  Awaitable<std::vector<FirmwareCampaign>> campaigns(WorkshopId platform, std::optional<CampaignId> before, int limit);
  Awaitable<std::optional<FirmwareCampaign>> campaign(WorkshopId platform, CampaignId id);
  Awaitable<std::vector<std::pair<DeviceKey, FirmwareDevice>>> devices(CampaignId campaign,
                                                                       std::optional<DeviceKey> before, int limit);
  Awaitable<CohortFaults> faults_of(FirmwareCohort cohort);

  // Inside a transaction. QueryFailed: version and revision are taken; there is no such release.
  static Awaitable<ReleaseId> add(postgres::Transaction& tx, NewRelease release);
  static Awaitable<CampaignId> add(postgres::Transaction& tx, NewCampaign campaign);
  static Awaitable<FirmwareRelease> find_release(postgres::Transaction& tx, ReleaseId id);  // which is there
  static Awaitable<std::optional<FirmwareCampaign>> lock(postgres::Transaction& tx, CampaignId id);
  static Awaitable<> change(postgres::Transaction& tx, CampaignId id, CampaignChange change);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> campaign_statements();

}  // namespace pitview::ota
