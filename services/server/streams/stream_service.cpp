#include "streams/stream_service.h"

#include "pitview/video/stream_token.h"
#include "streams/stream_path.h"

namespace pitview::streams {

Awaitable<Result<Stream>> StreamService::open(Principal principal, PitId pit) {
  const Scope scope = co_await parts_.pits.scope_of(principal);
  std::optional<pits::Camera> camera;
  if (scope.sees(pit)) camera = co_await parts_.pits.camera(principal.workshop, pit);
  if (!camera) co_return Error{Errc::not_found, "There is no such pit.", {}, 0};
  if (!camera->has_camera) co_return Error{Errc::not_found, "There is no camera at this pit.", {}, 0};
  if (parts_.public_url.empty()) co_return Error{Errc::unavailable, "Live video is not set up here.", {}, 0};
  const std::vector<Watching> asked = {{principal.session, pit}};
  if ((co_await parts_.streams.may_watch(asked)).empty())
    co_return Error{Errc::forbidden, "Live video of this pit is not open to you now.", {}, 0};

  const std::string path = stream_path(parts_.data_key, principal.workshop, pit);
  const Timestamp now = parts_.clock.now();
  Stream stream{.pit_id = pit, .protocol = "webrtc", .whep_url = parts_.public_url + "/" + path + "/whep"};
  stream.token = video::sign_stream_token(
      parts_.token_secret,
      {path, "user:" + std::to_string(principal.user.value), std::to_string(principal.session.value)}, now);
  stream.stream_url = stream.whep_url + "?token=" + stream.token;
  stream.hls_url = parts_.public_url + "/" + path + "/index.m3u8?token=" + stream.token;
  stream.still_url = parts_.public_url + "/" + path + "/still.jpg?token=" + stream.token;
  stream.expires_at = now + video::kStreamTokenLife;
  co_return stream;
}

}  // namespace pitview::streams
