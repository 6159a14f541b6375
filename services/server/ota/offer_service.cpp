#include "ota/offer_service.h"

#include "pitview/base/log.h"
#include "pitview/json/describe.h"

namespace pitview::ota {
namespace {

Error no_such_release() { return {Errc::not_found, "There is no such release for this device.", {}, 0}; }

const StoredCandidate* choose(const Candidates& candidates) {
  const StoredCandidate* best = nullptr;
  for (const StoredCandidate& candidate : candidates.campaigns)
    if (is_offered(candidates.device, candidate.rule) && (!best || best->rule.version < candidate.rule.version))
      best = &candidate;
  return best;
}

}  // namespace

Awaitable<std::optional<FirmwareOffer>> OfferService::offer(DeviceKey device, Version running) {
  auto tx = co_await offers_.begin();
  Candidates candidates = co_await OffersRepository::candidates(tx, device);
  candidates.device.version = running;
  const StoredCandidate* chosen = choose(candidates);
  if (!chosen) co_return std::nullopt;
  co_await OffersRepository::note_offer(tx, chosen->rule.campaign, device);
  co_await tx.commit();
  std::string id = std::to_string(chosen->rule.release.value);
  std::string url = public_base_url_ + "/api/device/ota/" + id + "/image";
  co_return FirmwareOffer{std::move(id),  chosen->version,   chosen->size,
                          chosen->sha256, chosen->signature, std::move(url)};
}

Awaitable<Result<std::string>> OfferService::image(DeviceKey device, ReleaseId release) {
  auto image = co_await offers_.image(release, device);
  if (!image) co_return no_such_release();
  co_return std::move(*image);
}

Awaitable<Result<>> OfferService::report(DeviceKey device, FirmwareReport report) {
  auto tx = co_await offers_.begin();
  const auto offer = co_await OffersRepository::lock_offer(tx, report.release, device);
  if (!offer) co_return no_such_release();
  const auto state = state_after(offer->state, report.state, report.detail, offer->status);
  if (!state) co_return Done{};
  co_await OffersRepository::record(tx, offer->campaign, device, *state, report.detail);
  const StateCounts counts = co_await OffersRepository::counts(tx, offer->campaign);
  const bool halts = offer->status == CampaignStatus::running && must_halt(counts, offer->max_failure_percent);
  if (halts) co_await OffersRepository::halt(tx, offer->campaign);
  co_await tx.commit();
  log::info(
      "firmware_reported",
      {{"device", device}, {"release", report.release}, {"state", json::enum_name(*state)}, {"detail", report.detail}});
  if (halts)
    log::warning("firmware_campaign_halted", {{"campaign", offer->campaign},
                                              {"release", report.release},
                                              {"installed", counts.installed},
                                              {"rolled_back", counts.rolled_back},
                                              {"failed", counts.failed}});
  co_return Done{};
}

}  // namespace pitview::ota
