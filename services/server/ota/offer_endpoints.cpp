#include "ota/offer_endpoints.h"

#include <charconv>

#include "pitview/json/types.h"

namespace pitview::ota {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct OfferQuery {
  std::string version;
};
BOOST_DESCRIBE_STRUCT(OfferQuery, (), (version))

struct OfferedReleasePath {
  ReleaseId release_id;
};
BOOST_DESCRIBE_STRUCT(OfferedReleasePath, (), (release_id))

BOOST_DEFINE_ENUM_CLASS(FirmwareOutcome, installed, rolled_back, failed)

struct FirmwareOutcomeReport {
  json::Text<1, 40> release_id;
  FirmwareOutcome state = FirmwareOutcome::failed;
  std::optional<json::Text<0, 64>> detail;
};
BOOST_DESCRIBE_STRUCT(FirmwareOutcomeReport, (), (release_id, state, detail))

// {}
struct Taken {};
BOOST_DESCRIBE_STRUCT(Taken, (), ())

namespace {

// To the device it is a text without meaning; what is no number of ours is no release.
ReleaseId release_id_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return ReleaseId();
  return ReleaseId(number);
}

FirmwareState state_of(FirmwareOutcome outcome) {
  switch (outcome) {
    case FirmwareOutcome::installed: return FirmwareState::installed;
    case FirmwareOutcome::rolled_back: return FirmwareState::rolled_back;
    case FirmwareOutcome::failed: return FirmwareState::failed;
  }
  return FirmwareState::failed;
}

class OfferEndpoints {
 public:
  explicit OfferEndpoints(OfferService& service) : service_(service) {}

  Awaitable<Result<std::optional<FirmwareOffer>>> offer(Caller& caller, OfferQuery query) {
    const auto running = Version::parse(query.version);
    if (!running)
      co_return Error{Errc::validation_failed,
                      "The request has a fault.",
                      {{"version", "must be three numbers below 1000000, as 1.4.2"}},
                      0};
    co_return co_await service_.offer(caller.principal.device, *running);
  }

  Awaitable<Result<api::Binary>> image(Caller& caller, ReleaseId release) {
    Result<std::string> image = co_await service_.image(caller.principal.device, release);
    if (!image) co_return std::move(image).error();
    co_return api::Binary{std::move(*image)};
  }

  Awaitable<Result<Taken>> report(Caller& caller, FirmwareOutcomeReport body) {
    FirmwareReport report{release_id_of(body.release_id.value), state_of(body.state),
                          body.detail ? body.detail->value : std::string()};
    const Result<> taken = co_await service_.report(caller.principal.device, std::move(report));
    if (!taken) co_return taken.error();
    co_return Taken{};
  }

 private:
  OfferService& service_;
};

}  // namespace

void add_offer_endpoints(api::Api& api, OfferService& service) {
  const auto offers = std::make_shared<OfferEndpoints>(service);

  api.add<Nothing, OfferQuery, Nothing, std::optional<FirmwareOffer>>(
      {.method = Method::get,
       .path = "/api/device/ota",
       .needs = Needs(Permission::device_self),
       .id = "get_firmware_offer",
       .summary = "Firmware for the device that asks, newer than the version it runs",
       .tag = "device",
       .description = "204 when there is none. The signature is an ECDSA P-256 one in DER, as hexadecimal digits, over "
                      "the lines pitview-release-1, version, hw_rev, size and sha256."},
      [offers](Caller& caller, auto input) { return offers->offer(caller, std::move(input.query)); });

  api.add<OfferedReleasePath, Nothing, Nothing, api::Binary>(
      {.method = Method::get,
       .path = "/api/device/ota/{release_id}/image",
       .needs = Needs(Permission::device_self),
       .id = "get_firmware_image",
       .summary = "The image of a release that is offered to the device",
       .tag = "device",
       .description = "not_found once its campaign does not run any more.",
       .problems = {Errc::not_found}},
      [offers](Caller& caller, auto input) { return offers->image(caller, input.path.release_id); });

  api.add<Nothing, Nothing, FirmwareOutcomeReport, Taken>(
      {.method = Method::post,
       .path = "/api/device/ota/reports",
       .needs = Needs(Permission::device_self),
       .id = "report_firmware",
       .summary = "What became of a release on the device",
       .tag = "device",
       .description = "May be said again. not_found for a release that was never offered to the device.",
       .problems = {Errc::not_found}},
      [offers](Caller& caller, auto input) { return offers->report(caller, std::move(input.body)); });
}

}  // namespace pitview::ota
