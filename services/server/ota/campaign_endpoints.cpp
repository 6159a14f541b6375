#include "api/paging.h"
#include "api/refusals.h"
#include "ota/release_endpoints.h"
#include "pitview/json/types.h"

namespace pitview::ota {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;
using Percent = json::Int<1, 100>;

struct CampaignPath {
  CampaignId id;
};
BOOST_DESCRIBE_STRUCT(CampaignPath, (), (id))

struct CampaignQuery {
  std::optional<CampaignId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(CampaignQuery, (), (cursor, limit))

struct CampaignDeviceQuery {
  std::optional<DeviceKey> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(CampaignDeviceQuery, (), (cursor, limit))

struct NewFirmwareCampaign {
  ReleaseId release_id;
  std::optional<FirmwareCohort> cohort;
  Percent percentage;
  Percent max_failure_percent;
};
BOOST_DESCRIBE_STRUCT(NewFirmwareCampaign, (), (release_id, cohort, percentage, max_failure_percent))

BOOST_DEFINE_ENUM_CLASS(CampaignSwitch, running, stopped)

struct FirmwareCampaignChange {
  std::optional<Percent> percentage;
  std::optional<CampaignSwitch> status;
};
BOOST_DESCRIBE_STRUCT(FirmwareCampaignChange, (), (percentage, status))

namespace {

constexpr std::size_t kMaxCodes = 500;

class CampaignEndpoints {
 public:
  explicit CampaignEndpoints(ReleaseService& service) : service_(service) {}

  Awaitable<Result<FirmwareCampaign>> begin(Caller& caller, NewFirmwareCampaign body) {
    FirmwareCohort cohort = body.cohort.value_or(FirmwareCohort{});
    if (cohort.workshop_codes && (cohort.workshop_codes->empty() || cohort.workshop_codes->size() > kMaxCodes))
      co_return api::invalid("cohort.workshop_codes", "must be 1 to 500 codes, or null for all");
    CampaignRequest request{.release = body.release_id,
                            .cohort = std::move(cohort),
                            .percentage = static_cast<int>(body.percentage.value),
                            .max_failure_percent = static_cast<int>(body.max_failure_percent.value)};
    co_return co_await service_.begin_campaign(audit::actor_of(caller), std::move(request));
  }

  Awaitable<Result<FirmwareCampaign>> change(Caller& caller, CampaignId id, FirmwareCampaignChange body) {
    CampaignChange change;
    if (body.percentage) change.percentage = static_cast<int>(body.percentage->value);
    if (body.status)
      change.status = *body.status == CampaignSwitch::running ? CampaignStatus::running : CampaignStatus::stopped;
    co_return co_await service_.change_campaign(audit::actor_of(caller), id, change);
  }

  Awaitable<Result<std::vector<FirmwareCampaign>>> list(Caller& caller, CampaignQuery query) {
    const int limit = api::limit_of(query.limit);
    auto campaigns = co_await service_.repository().campaigns(caller.principal.workshop, query.cursor, limit);
    if (static_cast<int>(campaigns.size()) == limit) api::add_next_link(caller, campaigns.back().campaign_id.value);
    co_return campaigns;
  }

  Awaitable<Result<FirmwareCampaign>> find(Caller& caller, CampaignId id) {
    auto campaign = co_await service_.repository().campaign(caller.principal.workshop, id);
    if (!campaign) co_return Error{Errc::not_found, "There is no such campaign.", {}, 0};
    co_return std::move(*campaign);
  }

  Awaitable<Result<std::vector<FirmwareDevice>>> devices(Caller& caller, CampaignId id, CampaignDeviceQuery query) {
    if (!co_await service_.repository().campaign(caller.principal.workshop, id))
      co_return Error{Errc::not_found, "There is no such campaign.", {}, 0};
    const int limit = api::limit_of(query.limit);
    auto found = co_await service_.repository().devices(id, query.cursor, limit);
    if (static_cast<int>(found.size()) == limit) api::add_next_link(caller, found.back().first.value);
    std::vector<FirmwareDevice> devices;
    for (auto& [key, device] : found) devices.push_back(std::move(device));
    co_return devices;
  }

 private:
  ReleaseService& service_;
};

}  // namespace

void add_campaign_endpoints(api::Api& api, ReleaseService& service) {
  const auto campaigns = std::make_shared<CampaignEndpoints>(service);

  api.add<Nothing, Nothing, NewFirmwareCampaign, FirmwareCampaign>(
      {.method = Method::post,
       .path = "/api/firmware/campaigns",
       .needs = Needs(Permission::releases_manage),
       .id = "create_firmware_campaign",
       .summary = "Offer a release to a part of the devices",
       .tag = "firmware",
       .description = "To `percentage` of the cohort, chosen by a hash of release and device; to boards of the "
                      "release's revision that run an older version. With three outcomes or more, failures of "
                      "max_failure_percent or more of them halt it.",
       .status = 201,
       .problems = {Errc::not_found}},
      [campaigns](Caller& caller, auto input) { return campaigns->begin(caller, std::move(input.body)); });

  api.add<Nothing, CampaignQuery, Nothing, std::vector<FirmwareCampaign>>(
      {.method = Method::get,
       .path = "/api/firmware/campaigns",
       .needs = Needs(Permission::releases_manage),
       .id = "list_firmware_campaigns",
       .summary = "Campaigns, the newest first",
       .tag = "firmware",
       .description = "The next page is in the Link header."},
      [campaigns](Caller& caller, auto input) { return campaigns->list(caller, input.query); });

  api.add<CampaignPath, Nothing, Nothing, FirmwareCampaign>(
      {.method = Method::get,
       .path = "/api/firmware/campaigns/{id}",
       .needs = Needs(Permission::releases_manage),
       .id = "get_firmware_campaign",
       .summary = "One campaign, and how many devices are in which state",
       .tag = "firmware",
       .problems = {Errc::not_found}},
      [campaigns](Caller& caller, auto input) { return campaigns->find(caller, input.path.id); });

  api.add<CampaignPath, CampaignDeviceQuery, Nothing, std::vector<FirmwareDevice>>(
      {.method = Method::get,
       .path = "/api/firmware/campaigns/{id}/devices",
       .needs = Needs(Permission::releases_manage),
       .id = "list_firmware_campaign_devices",
       .summary = "What became of the devices of a campaign",
       .tag = "firmware",
       .description = "Those it has offered the release to, of all workshops, the newest device first. The next page "
                      "is in the Link header.",
       .problems = {Errc::not_found}},
      [campaigns](Caller& caller, auto input) { return campaigns->devices(caller, input.path.id, input.query); });

  api.add<CampaignPath, Nothing, FirmwareCampaignChange, FirmwareCampaign>(
      {.method = Method::patch,
       .path = "/api/firmware/campaigns/{id}",
       .needs = Needs(Permission::releases_manage),
       .id = "change_firmware_campaign",
       .summary = "Widen, stop or resume a campaign",
       .tag = "firmware",
       .description = "A higher percentage keeps the devices that are in. conflict: a halted campaign stays as it is.",
       .problems = {Errc::not_found, Errc::conflict}},
      [campaigns](Caller& caller, auto input) {
        return campaigns->change(caller, input.path.id, std::move(input.body));
      });
}

}  // namespace pitview::ota
