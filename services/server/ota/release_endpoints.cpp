#include "ota/release_endpoints.h"

#include "api/paging.h"
#include "pitview/json/types.h"

namespace pitview::ota {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct FirmwareReleasePath {
  ReleaseId id;
};
BOOST_DESCRIBE_STRUCT(FirmwareReleasePath, (), (id))

struct FirmwareReleaseQuery {
  std::optional<ReleaseId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(FirmwareReleaseQuery, (), (cursor, limit))

struct NewFirmwareRelease {
  json::Text<1, 20> version;
  json::Text<1, 16> hw_rev;
  std::optional<json::Lines<0, 4000>> notes;
  std::string image_base64;
  json::Text<1, 144> signature;
};
BOOST_DESCRIBE_STRUCT(NewFirmwareRelease, (), (version, hw_rev, notes, image_base64, signature))

namespace {

// An image of the largest size in base64, and room for the rest.
constexpr std::size_t kUploadLimit = 2'500'000;

class ReleaseEndpoints {
 public:
  explicit ReleaseEndpoints(ReleaseService& service) : service_(service) {}

  Awaitable<Result<FirmwareRelease>> upload(Caller& caller, NewFirmwareRelease body) {
    ReleaseUpload upload{.version = std::move(body.version.value),
                         .hw_rev = std::move(body.hw_rev.value),
                         .notes = body.notes ? std::move(body.notes->value) : std::string(),
                         .image_base64 = std::move(body.image_base64),
                         .signature = std::move(body.signature.value)};
    co_return co_await service_.upload({caller.principal, caller.request.request_id, caller.request.remote_address},
                                       std::move(upload));
  }

  Awaitable<Result<std::vector<FirmwareRelease>>> list(Caller& caller, FirmwareReleaseQuery query) {
    const int limit = api::limit_of(query.limit);
    auto releases = co_await service_.repository().releases(caller.principal.workshop, query.cursor, limit);
    if (static_cast<int>(releases.size()) == limit) api::add_next_link(caller, releases.back().release_id.value);
    co_return releases;
  }

  Awaitable<Result<FirmwareReleaseDetail>> find(Caller& caller, ReleaseId id) {
    auto release = co_await service_.repository().release(caller.principal.workshop, id);
    if (!release) co_return Error{Errc::not_found, "There is no such release.", {}, 0};
    co_return std::move(*release);
  }

 private:
  ReleaseService& service_;
};

}  // namespace

void add_release_endpoints(api::Api& api, ReleaseService& service) {
  const auto releases = std::make_shared<ReleaseEndpoints>(service);

  api.add<Nothing, Nothing, NewFirmwareRelease, FirmwareRelease>(
      {.method = Method::post,
       .path = "/api/firmware/releases",
       .needs = Needs(Permission::releases_manage),
       .id = "create_firmware_release",
       .summary = "Add a signed firmware image",
       .tag = "firmware",
       .description = "The signature is made by `pitview-server release sign`, where the private key is. An image has "
                      "at most 1638400 bytes. unavailable when the server has no public key to check it with.",
       .status = 201,
       .problems = {Errc::conflict, Errc::unavailable},
       .body_limit = kUploadLimit},
      [releases](Caller& caller, auto input) { return releases->upload(caller, std::move(input.body)); });

  api.add<Nothing, FirmwareReleaseQuery, Nothing, std::vector<FirmwareRelease>>(
      {.method = Method::get,
       .path = "/api/firmware/releases",
       .needs = Needs(Permission::releases_manage),
       .id = "list_firmware_releases",
       .summary = "Releases, the newest first",
       .tag = "firmware",
       .description = "The next page is in the Link header."},
      [releases](Caller& caller, auto input) { return releases->list(caller, input.query); });

  api.add<FirmwareReleasePath, Nothing, Nothing, FirmwareReleaseDetail>(
      {.method = Method::get,
       .path = "/api/firmware/releases/{id}",
       .needs = Needs(Permission::releases_manage),
       .id = "get_firmware_release",
       .summary = "One release, and how many devices are in which state",
       .tag = "firmware",
       .problems = {Errc::not_found}},
      [releases](Caller& caller, auto input) { return releases->find(caller, input.path.id); });
}

}  // namespace pitview::ota
