#include "ota/release_service.h"

#include <algorithm>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "ota/release_signing.h"
#include "pitview/base/crypto.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::ota {
namespace {

using api::invalid;

std::string bytes_of(const crypto::Sha256& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

// The release that the upload is, when its signature is good.
Result<NewRelease> checked(const ReleaseUpload& upload, const crypto::P256PublicKey& key, UserId by) {
  auto image = crypto::base64_decode(upload.image_base64);
  if (!image) return invalid("image_base64", "must be base64 (RFC 4648)");
  const Result<SignedRelease> release = describe_image(upload.version, upload.hw_rev, *image);
  if (!release) return release.error();
  auto signature = crypto::from_hex(upload.signature);
  if (!signature || signature->empty() || signature->size() > crypto::kMaxP256Signature)
    return invalid("signature", "must be the hexadecimal digits of at most 72 bytes");
  if (!key.verify(signed_text(*release), *signature))
    return invalid("signature", "is not that of this image, version and board revision by the release key");
  NewRelease checked{.version = upload.version,
                     .hw_rev = upload.hw_rev,
                     .notes = upload.notes,
                     .image = std::move(*image),
                     .sha256 = {},
                     .signature = std::move(*signature),
                     .by = by};
  checked.sha256 = bytes_of(crypto::sha256(checked.image));
  return checked;
}

Error unknown_cohort(const CohortFaults& faults, const std::vector<std::string>& codes) {
  Error error{Errc::validation_failed, "The cohort names what does not exist.", {}, 0};
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (std::find(faults.unknown_codes.begin(), faults.unknown_codes.end(), codes[i]) != faults.unknown_codes.end())
      error.fields.push_back({"cohort.workshop_codes[" + std::to_string(i) + "]", "is no workshop"});
  if (faults.batch_is_unknown) error.fields.push_back({"cohort.batch", "is no batch"});
  return error;
}

template <class Subject>
audit::Entry entry_of(std::string action, std::string subject, std::int64_t id, const Subject& after) {
  return {.action = std::move(action), .subject = std::move(subject), .subject_id = id, .after = json::write(after)};
}

}  // namespace

Awaitable<Result<FirmwareRelease>> ReleaseService::upload(Actor actor, ReleaseUpload upload) {
  if (!key_)
    co_return Error{
        Errc::unavailable, "This server takes no releases: devices.release_public_key_file is not set.", {}, 0};
  Result<NewRelease> release = checked(upload, *key_, actor.principal.user);
  if (!release) co_return std::move(release).error();
  const WorkshopId platform = actor.principal.workshop;
  ReleaseId id;
  try {
    auto tx = co_await repository_.begin(platform);
    id = co_await CampaignsRepository::add(tx, std::move(*release));
    const auto added = co_await CampaignsRepository::find_release(tx, id);
    co_await audit::record(tx, platform, actor, entry_of("firmware.release", "firmware_release", id.value, added));
    co_await tx.commit();
    log::info("firmware_release_added", {{"release", id}, {"version", added.version}, {"hw_rev", added.hw_rev}});
    co_return added;
  } catch (const postgres::QueryFailed& e) {
    if (!postgres::is_unique_violation(e, "firmware_releases_version_key")) throw;
  }
  co_return Error{Errc::conflict, "This version is there already for this board revision.", {}, 0};
}

Awaitable<Result<FirmwareCampaign>> ReleaseService::begin_campaign(Actor actor, CampaignRequest request) {
  const CohortFaults faults = co_await repository_.faults_of(request.cohort);
  if (!faults.unknown_codes.empty() || faults.batch_is_unknown)
    co_return unknown_cohort(faults, request.cohort.workshop_codes.value_or(std::vector<std::string>{}));
  const WorkshopId platform = actor.principal.workshop;
  try {
    auto tx = co_await repository_.begin(platform);
    NewCampaign campaign{.release = request.release,
                         .cohort = std::move(request.cohort),
                         .percentage = request.percentage,
                         .max_failure_percent = request.max_failure_percent,
                         .by = actor.principal.user};
    const CampaignId id = co_await CampaignsRepository::add(tx, std::move(campaign));
    auto added = co_await CampaignsRepository::lock(tx, id);
    co_await audit::record(tx, platform, actor, entry_of("firmware.campaign", "firmware_campaign", id.value, *added));
    co_await tx.commit();
    co_return std::move(*added);
  } catch (const postgres::QueryFailed& e) {
    if (!postgres::is_foreign_key_violation(e, "firmware_campaigns_release_fkey")) throw;
  }
  co_return Error{Errc::not_found, "There is no such release.", {}, 0};
}

Awaitable<Result<FirmwareCampaign>> ReleaseService::change_campaign(Actor actor, CampaignId id, CampaignChange change) {
  const WorkshopId platform = actor.principal.workshop;
  auto tx = co_await repository_.begin(platform);
  const auto before = co_await CampaignsRepository::lock(tx, id);
  if (!before) co_return Error{Errc::not_found, "There is no such campaign.", {}, 0};
  if (Result<> allowed = check_change(before->status, change); !allowed) co_return std::move(allowed).error();
  co_await CampaignsRepository::change(tx, id, change);
  auto after = co_await CampaignsRepository::lock(tx, id);
  audit::Entry entry = entry_of("firmware.campaign_change", "firmware_campaign", id.value, *after);
  entry.before = json::write(*before);
  co_await audit::record(tx, platform, actor, std::move(entry));
  co_await tx.commit();
  co_return std::move(*after);
}

}  // namespace pitview::ota
