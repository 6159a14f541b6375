#include "webrtc/whep_routes.h"

#include "access/bearer.h"
#include "pitview/async/deadline.h"

namespace pitview::video {
namespace {

constexpr std::chrono::milliseconds kFirstPicture{2'500};  // players give up after three seconds
constexpr std::chrono::milliseconds kStep{20};
constexpr std::uint64_t kPicturesToJudge = 8;  // an encoder puts B-frames behind the first key frame at once
constexpr const char* kDefaultProfile = "42e01f";

Error not_online(const Camera& camera) {
  const auto& failure = camera.failure();
  return {Errc::unavailable, failure ? "The camera is not online." : "The camera is being connected.", {}, 2};
}

Error reorders() {
  return {
      Errc::conflict, "This camera sends B-frames, which browsers do not show over WebRTC. Watch it over HLS.", {}, 0};
}

// Whether it is known what the camera sends. B-frames are seen in the pictures only.
bool is_judged(const Stream& stream) {
  if (!stream.format()) return false;
  return !stream.format()->may_reorder() || stream.reorders() || stream.pictures() >= kPicturesToJudge;
}

}  // namespace

void WhepRoutes::add_to(http::Router& router) {
  router.add(http::Method::post, "/{path}/whep", [this](const http::Request& request) { return offer(request); },
             {.body_limit = webrtc::kMaxOfferBytes});
  router.add(http::Method::del, "/{path}/whep/{viewer}", [this](const http::Request& request) { return end(request); });
}

Awaitable<http::Response> WhepRoutes::offer(const http::Request& request) {
  const std::string path(request.param("path"));
  const auto grant = verify_stream_token(parts_.token_secret, token_of(request), path, parts_.clock.now());
  if (!grant) co_return http::problem(grant.error(), request.request_id);
  if (parts_.cut_rights.covers(*grant))
    co_return http::problem({Errc::session_ended, "The stream has ended.", {}, 0}, request.request_id);
  const auto offer = webrtc::parse_offer(request.body);
  if (!offer) co_return http::problem(offer.error(), request.request_id);
  Camera* camera = parts_.cameras.find(path);
  if (camera == nullptr)
    co_return http::problem({Errc::not_found, "There is no such stream.", {}, 0}, request.request_id);

  // The answer names the profile, which an on-demand camera tells once it is connected;
  // the viewer is there before, so that the camera is wanted.
  const auto added = parts_.viewers.add(camera->stream(), path, {grant->subject, grant->session}, *offer,
                                        webrtc::best_format(*offer, kDefaultProfile));
  if (!added) co_return http::problem(added.error(), request.request_id);
  Viewer& viewer = **added;
  const std::string id = viewer.id();
  camera->wake();
  const Stream& stream = camera->stream();
  const auto until = std::chrono::steady_clock::now() + kFirstPicture;
  while (!is_judged(stream) && std::chrono::steady_clock::now() < until) {
    co_await sleep_for(kStep);
    if (parts_.viewers.find(id) == nullptr || parts_.cameras.find(path) != camera)
      co_return http::problem({Errc::session_ended, "The stream has ended.", {}, 0}, request.request_id);
  }
  if (!stream.format() || stream.reorders()) {
    const Error reason = stream.format() ? reorders() : not_online(*camera);
    parts_.viewers.remove(id);
    co_return http::problem(reason, request.request_id);
  }
  const std::string profile = h264::profile_level_id(*stream.format());
  const webrtc::H264Format& format = webrtc::best_format(*offer, profile);
  viewer.use(format);
  webrtc::Answer answer{.ice_ufrag = viewer.ice_ufrag(),
                        .ice_password = viewer.ice_password(),
                        .fingerprint = parts_.viewers.fingerprint(),
                        .ssrc = viewer.ssrc(),
                        .cname = "pitview",
                        .candidates = parts_.candidates,
                        .profile_level_id = profile};
  http::Response response{.status = 201,
                          .content_type = "application/sdp",
                          .body = webrtc::write_answer(*offer, format, answer),
                          .headers = {}};
  response.headers.emplace_back("Location", "/" + path + "/whep/" + id);
  co_return response;
}

// The address is the secret. Ending what has ended is no fault.
Awaitable<http::Response> WhepRoutes::end(const http::Request& request) {
  const std::string id(request.param("viewer"));
  if (const Viewer* viewer = parts_.viewers.find(id); viewer != nullptr && viewer->path() == request.param("path"))
    parts_.viewers.remove(id);
  co_return http::Response{.status = 200, .content_type = {}, .body = {}, .headers = {}};
}

}  // namespace pitview::video
