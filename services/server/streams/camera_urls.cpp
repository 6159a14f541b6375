#include "streams/camera_urls.h"

namespace pitview::streams {
namespace {

constexpr const char* kSealedFor = "pits.camera_rtsp_url";

}  // namespace

Awaitable<Result<std::string>> CameraUrls::find(WorkshopId workshop, PitId pit, std::optional<std::string> url) {
  if (!co_await parts_.pits.exists(workshop, pit)) co_return Error{Errc::not_found, "There is no such pit.", {}, 0};
  if (url) {
    auto address = pits::read_camera_url(std::move(*url), parts_.networks);
    if (!address) co_return address.error();
    co_return std::move(address->url);
  }
  const auto sealed = co_await parts_.streams.sealed_url(workshop, pit);
  if (!sealed) co_return Error{Errc::not_found, "There is no camera at this pit.", {}, 0};
  auto opened = crypto::open(parts_.data_key, *sealed, kSealedFor);
  if (!opened) co_return Error{Errc::internal_error, "The camera's address cannot be read.", {}, 0};
  co_return std::move(*opened);
}

}  // namespace pitview::streams
