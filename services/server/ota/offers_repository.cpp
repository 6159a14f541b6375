#include "ota/offers_repository.h"

#include <array>

#include "ota/ota_rows.h"

namespace pitview::ota {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

constexpr Statement kImage{"firmware_image", "SELECT platform.firmware_image($1, $2) AS image"};
constexpr Statement kCandidates{"firmware_candidates", R"sql(
  SELECT device_id, device_hw_rev, workshop_code, device_batch, campaign_id, release_id, version, hw_rev, size, sha256,
         signature, percentage, workshop_codes, batch, rolled_back
  FROM platform.firmware_candidates($1))sql"};
constexpr Statement kOffer{"firmware_offer", "SELECT platform.firmware_offer($1, $2)"};
constexpr Statement kLockOffer{
    "lock_firmware_offer",
    "SELECT campaign_id, status, max_failure_percent, state FROM platform.lock_firmware_offer($1, $2)"};
constexpr Statement kRecord{"record_firmware_state", "SELECT platform.record_firmware_state($1, $2, $3, $4)"};

constexpr Statement kCounts{"count_firmware_devices", R"sql(
  SELECT count(*) FILTER (WHERE state = 'offered')::int AS offered,
         count(*) FILTER (WHERE state = 'installed')::int AS installed,
         count(*) FILTER (WHERE state = 'rolled_back')::int AS rolled_back,
         count(*) FILTER (WHERE state = 'failed')::int AS failed
  FROM platform.firmware_devices WHERE campaign_id = $1)sql"};
constexpr Statement kHalt{"halt_firmware_campaign", R"sql(
  UPDATE platform.firmware_campaigns SET status = 'halted', changed_at = now() WHERE id = $1)sql"};

constexpr std::array kStatements = {kImage, kCandidates, kOffer, kLockOffer, kRecord, kCounts, kHalt};

StoredCandidate candidate_of(const Row& row) {
  auto version = row.get<std::string>("version");
  return {.rule = {.campaign = row.get<CampaignId>("campaign_id"),
                   .release = row.get<ReleaseId>("release_id"),
                   .version = Version::parse(version).value(),
                   .hw_rev = row.get<std::string>("hw_rev"),
                   .cohort = cohort_of(row),
                   .percentage = row.get<int>("percentage"),
                   .rolled_back = row.get<bool>("rolled_back")},
          .version = std::move(version),
          .size = row.get<int>("size"),
          .sha256 = hex_of(row, "sha256"),
          .signature = hex_of(row, "signature")};
}

}  // namespace

std::span<const Statement> offer_statements() { return kStatements; }

Awaitable<std::optional<std::string>> OffersRepository::image(ReleaseId release, DeviceKey device) {
  const Rows rows = co_await database_.here().read_platform(kImage, release, device);
  auto image = rows[0].get<std::optional<Bytes>>("image");
  if (!image) co_return std::nullopt;
  co_return std::move(image->data);
}

Awaitable<Candidates> OffersRepository::candidates(Transaction& tx, DeviceKey device) {
  Candidates candidates;
  const Rows rows = co_await tx.query(kCandidates, device);
  for (const Row row : rows) {
    candidates.device = {.device_id = row.get<std::string>("device_id"),
                         .hw_rev = row.get<std::optional<std::string>>("device_hw_rev"),
                         .workshop_code = row.get<std::string>("workshop_code"),
                         .batch = row.get<std::optional<std::string>>("device_batch"),
                         .version = {}};
    candidates.campaigns.push_back(candidate_of(row));
  }
  co_return candidates;
}

Awaitable<> OffersRepository::note_offer(Transaction& tx, CampaignId campaign, DeviceKey device) {
  co_await tx.execute(kOffer, campaign, device);
}

Awaitable<std::optional<LockedOffer>> OffersRepository::lock_offer(Transaction& tx, ReleaseId release,
                                                                   DeviceKey device) {
  const auto row = (co_await tx.query(kLockOffer, release, device)).first();
  if (!row) co_return std::nullopt;
  co_return LockedOffer{row->get<CampaignId>("campaign_id"), enum_of<CampaignStatus>(*row, "status"),
                        row->get<int>("max_failure_percent"), enum_of<FirmwareState>(*row, "state")};
}

Awaitable<> OffersRepository::record(Transaction& tx, CampaignId campaign, DeviceKey device, FirmwareState state,
                                     std::string detail) {
  co_await tx.execute(kRecord, campaign, device, json::enum_name(state), detail);
}

Awaitable<StateCounts> OffersRepository::counts(Transaction& tx, CampaignId campaign) {
  const Rows rows = co_await tx.query(kCounts, campaign);
  co_return counts_of(rows[0]);
}

Awaitable<> OffersRepository::halt(Transaction& tx, CampaignId campaign) { co_await tx.execute(kHalt, campaign); }

}  // namespace pitview::ota
