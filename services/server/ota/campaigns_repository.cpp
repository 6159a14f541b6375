#include "ota/campaigns_repository.h"

#include <array>

#include "ota/ota_rows.h"

namespace pitview::ota {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

#define COUNTS                                                                                  \
  "LATERAL (SELECT count(*) FILTER (WHERE f.state = 'offered')::int AS offered, "               \
  "count(*) FILTER (WHERE f.state = 'installed')::int AS installed, "                           \
  "count(*) FILTER (WHERE f.state = 'rolled_back')::int AS rolled_back, "                       \
  "count(*) FILTER (WHERE f.state = 'failed')::int AS failed FROM platform.firmware_devices f " \
  "JOIN platform.firmware_campaigns o ON o.id = f.campaign_id WHERE "

#define RELEASE                                                                                 \
  "SELECT r.id, r.version, r.hw_rev, r.notes, platform.firmware_size(r.id) AS size, r.sha256, " \
  "r.signature, r.created_at, coalesce(u.display_name, 'PitView') AS created_by"

#define CAMPAIGN                                                                                               \
  "SELECT c.id, c.release_id, r.version, r.hw_rev, c.workshop_codes, c.batch, c.percentage, "                  \
  "c.max_failure_percent, c.status, c.created_at, c.changed_at, "                                              \
  "coalesce(u.display_name, 'PitView') AS created_by, n.* FROM platform.firmware_campaigns c "                 \
  "JOIN platform.firmware_releases r ON r.id = c.release_id LEFT JOIN users u ON u.id = c.created_by, " COUNTS \
  "o.id = c.id) n "

constexpr Statement kReleases{"list_firmware_releases", RELEASE
                              " FROM platform.firmware_releases r LEFT JOIN users u ON u.id = r.created_by "
                              "WHERE $1::bigint IS NULL OR r.id < $1 ORDER BY r.id DESC LIMIT $2"};
constexpr Statement kRelease{"find_firmware_release", RELEASE
                             ", n.* FROM platform.firmware_releases r LEFT JOIN users u ON u.id = r.created_by, " COUNTS
                             "o.release_id = r.id) n WHERE r.id = $1"};
constexpr Statement kCampaigns{"list_firmware_campaigns",
                               CAMPAIGN "WHERE $1::bigint IS NULL OR c.id < $1 ORDER BY c.id DESC LIMIT $2"};
constexpr Statement kCampaign{"find_firmware_campaign", CAMPAIGN "WHERE c.id = $1"};

#undef COUNTS
#undef RELEASE
#undef CAMPAIGN

constexpr Statement kDevices{"firmware_campaign_devices", R"sql(
  SELECT device_key, device_id, workshop_code, fw, state, detail, offered_at, reported_at
  FROM platform.firmware_campaign_devices($1, $2, $3))sql"};
constexpr Statement kCohort{"firmware_cohort",
                            "SELECT unknown_codes, batch_known FROM platform.firmware_cohort($1, $2)"};
constexpr Statement kAddRelease{"add_firmware_release", R"sql(
  INSERT INTO platform.firmware_releases (version, hw_rev, notes, image, sha256, signature, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id)sql"};
constexpr Statement kAddCampaign{"add_firmware_campaign", R"sql(
  INSERT INTO platform.firmware_campaigns (release_id, workshop_codes, batch, percentage, max_failure_percent,
                                           created_by)
  VALUES ($1, $2, $3, $4, $5, $6) RETURNING id)sql"};
constexpr Statement kLock{"lock_firmware_campaign",
                          "SELECT id FROM platform.firmware_campaigns WHERE id = $1 FOR UPDATE"};
constexpr Statement kChange{"change_firmware_campaign", R"sql(
  UPDATE platform.firmware_campaigns
  SET percentage = coalesce($2, percentage), status = coalesce($3, status), changed_at = now() WHERE id = $1)sql"};
constexpr std::array kStatements = {kReleases, kRelease,    kCampaigns,   kCampaign, kDevices,
                                    kCohort,   kAddRelease, kAddCampaign, kLock,     kChange};

FirmwareRelease release_of(const Row& row) {
  return {.release_id = row.get<ReleaseId>("id"),
          .version = row.get<std::string>("version"),
          .hw_rev = row.get<std::string>("hw_rev"),
          .notes = row.get<std::string>("notes"),
          .size = row.get<int>("size"),
          .sha256 = hex_of(row, "sha256"),
          .signature = hex_of(row, "signature"),
          .created_at = row.get<Timestamp>("created_at"),
          .created_by = row.get<std::string>("created_by")};
}

FirmwareCampaign campaign_of(const Row& row) {
  return {.campaign_id = row.get<CampaignId>("id"),
          .release_id = row.get<ReleaseId>("release_id"),
          .version = row.get<std::string>("version"),
          .hw_rev = row.get<std::string>("hw_rev"),
          .cohort = cohort_of(row),
          .percentage = row.get<int>("percentage"),
          .max_failure_percent = row.get<int>("max_failure_percent"),
          .status = enum_of<CampaignStatus>(row, "status"),
          .devices = counts_of(row),
          .created_at = row.get<Timestamp>("created_at"),
          .changed_at = row.get<Timestamp>("changed_at"),
          .created_by = row.get<std::string>("created_by")};
}

std::pair<DeviceKey, FirmwareDevice> device_of(const Row& row) {
  return {row.get<DeviceKey>("device_key"),
          {.device_id = row.get<std::string>("device_id"),
           .workshop_code = row.get<std::string>("workshop_code"),
           .fw = row.get<std::optional<std::string>>("fw"),
           .state = enum_of<FirmwareState>(row, "state"),
           .detail = row.get<std::string>("detail"),
           .offered_at = row.get<Timestamp>("offered_at"),
           .reported_at = row.get<std::optional<Timestamp>>("reported_at")}};
}

}  // namespace

std::span<const Statement> campaign_statements() { return kStatements; }

Awaitable<std::vector<FirmwareRelease>> CampaignsRepository::releases(WorkshopId platform,
                                                                      std::optional<ReleaseId> before, int limit) {
  std::vector<FirmwareRelease> releases;
  const Rows rows = co_await database_.here().read(platform, kReleases, before, limit);
  for (const Row row : rows) releases.push_back(release_of(row));
  co_return releases;
}

Awaitable<std::optional<FirmwareReleaseDetail>> CampaignsRepository::release(WorkshopId platform, ReleaseId id) {
  const auto row = (co_await database_.here().read(platform, kRelease, id)).first();
  if (!row) co_return std::nullopt;
  co_return FirmwareReleaseDetail{release_of(*row), counts_of(*row)};
}

Awaitable<std::vector<FirmwareCampaign>> CampaignsRepository::campaigns(WorkshopId platform,
                                                                        std::optional<CampaignId> before, int limit) {
  std::vector<FirmwareCampaign> campaigns;
  const Rows rows = co_await database_.here().read(platform, kCampaigns, before, limit);
  for (const Row row : rows) campaigns.push_back(campaign_of(row));
  co_return campaigns;
}

Awaitable<std::optional<FirmwareCampaign>> CampaignsRepository::campaign(WorkshopId platform, CampaignId id) {
  const auto row = (co_await database_.here().read(platform, kCampaign, id)).first();
  if (!row) co_return std::nullopt;
  co_return campaign_of(*row);
}

Awaitable<std::vector<std::pair<DeviceKey, FirmwareDevice>>> CampaignsRepository::devices(
    CampaignId campaign, std::optional<DeviceKey> before, int limit) {
  std::vector<std::pair<DeviceKey, FirmwareDevice>> devices;
  const Rows rows = co_await database_.here().read_platform(kDevices, campaign, before, limit);
  for (const Row row : rows) devices.push_back(device_of(row));
  co_return devices;
}

Awaitable<CohortFaults> CampaignsRepository::faults_of(FirmwareCohort cohort) {
  const Rows rows = co_await database_.here().read_platform(kCohort, cohort.workshop_codes, cohort.batch);
  co_return CohortFaults{rows[0].get<std::vector<std::string>>("unknown_codes"), !rows[0].get<bool>("batch_known")};
}

Awaitable<ReleaseId> CampaignsRepository::add(Transaction& tx, NewRelease release) {
  const Rows rows =
      co_await tx.query(kAddRelease, release.version, release.hw_rev, release.notes, Bytes(std::move(release.image)),
                        Bytes(release.sha256), Bytes(release.signature), release.by);
  co_return rows[0].get<ReleaseId>(0);
}

Awaitable<CampaignId> CampaignsRepository::add(Transaction& tx, NewCampaign campaign) {
  const Rows rows =
      co_await tx.query(kAddCampaign, campaign.release, campaign.cohort.workshop_codes, campaign.cohort.batch,
                        campaign.percentage, campaign.max_failure_percent, campaign.by);
  co_return rows[0].get<CampaignId>(0);
}

Awaitable<FirmwareRelease> CampaignsRepository::find_release(Transaction& tx, ReleaseId id) {
  const Rows rows = co_await tx.query(kRelease, id);
  co_return release_of(rows[0]);
}

// Locked first and read then, so that the counts are those of after the wait.
Awaitable<std::optional<FirmwareCampaign>> CampaignsRepository::lock(Transaction& tx, CampaignId id) {
  if ((co_await tx.query(kLock, id)).empty()) co_return std::nullopt;
  const Rows rows = co_await tx.query(kCampaign, id);
  co_return campaign_of(rows[0]);
}

Awaitable<> CampaignsRepository::change(Transaction& tx, CampaignId id, CampaignChange change) {
  std::optional<std::string> status;
  if (change.status) status = json::enum_name(*change.status);
  co_await tx.execute(kChange, id, change.percentage, status);
}

}  // namespace pitview::ota
