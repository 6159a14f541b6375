#include "stills/still_routes.h"

#include <array>
#include <charconv>

#include "access/bearer.h"
#include "pitview/async/deadline.h"
#include "pitview/stills/still.h"

namespace pitview::video {
namespace {

constexpr std::array kWidths = {320, 640, 1280};  // no others, so that few are kept
constexpr int kUsualWidth = 640;
constexpr std::chrono::milliseconds kPatience{2'500};
constexpr std::chrono::milliseconds kStep{50};

// The next larger of kWidths.
int width_of(const http::Request& request) {
  int wanted = kUsualWidth;
  for (const auto& [name, value] : request.query)
    if (name == "width") std::from_chars(value.data(), value.data() + value.size(), wanted);
  for (const int width : kWidths)
    if (wanted <= width) return width;
  return kWidths.back();
}

// The newest, of a camera that plays now. One from before it went is not shown: another
// customer's car may have been there.
FramePtr keyframe_of(Camera& camera) {
  const auto& group = camera.stream().group();
  return group.empty() ? nullptr : group.front();
}

}  // namespace

void StillRoutes::add_to(http::Router& router) {
  router.add(http::Method::get, "/{path}/still.jpg", [this](const http::Request& request) { return still(request); });
}

void StillRoutes::forget(const std::string& path) {
  std::erase_if(made_, [&](const auto& entry) { return entry.first.first == path; });
}

Awaitable<http::Response> StillRoutes::still(const http::Request& request) {
  const std::string path(request.param("path"));
  const auto grant = verify_stream_token(parts_.token_secret, token_of(request), path, parts_.clock.now());
  if (!grant) co_return http::problem(grant.error(), request.request_id);
  if (parts_.cut_rights.covers(*grant))
    co_return http::problem({Errc::session_ended, "The stream has ended.", {}, 0}, request.request_id);
  Camera* camera = parts_.cameras.find(path);
  if (camera == nullptr)
    co_return http::problem({Errc::not_found, "There is no such stream.", {}, 0}, request.request_id);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  FramePtr keyframe = keyframe_of(*camera);
  if (!keyframe) camera->wish();
  while (!keyframe && std::chrono::steady_clock::now() < until) {
    co_await sleep_for(kStep);
    camera = parts_.cameras.find(path);
    if (camera == nullptr)
      co_return http::problem({Errc::session_ended, "The stream has ended.", {}, 0}, request.request_id);
    keyframe = keyframe_of(*camera);
  }
  if (!keyframe) co_return http::problem({Errc::unavailable, "The camera is not online.", {}, 2}, request.request_id);
  const auto jpeg = co_await made_of(path, keyframe, width_of(request));
  if (!jpeg) co_return http::problem(jpeg.error(), request.request_id);
  http::Response response{.status = 200, .content_type = "image/jpeg", .body = {}, .headers = {}};
  response.shared_body = *jpeg;
  co_return response;
}

Awaitable<Result<StillRoutes::SharedBytes>> StillRoutes::made_of(const std::string& path, FramePtr keyframe,
                                                                 int width) {
  const std::pair key(path, width);
  // Many ask at once: one has it made, the others wait for it.
  while (made_[key].being_made) co_await sleep_for(kStep / 5);
  if (made_[key].of == keyframe) co_return made_[key].jpeg;
  made_[key].being_made = true;
  // Not on this thread, which has packets to send.
  const auto made = co_await pool_.run<std::shared_ptr<Result<std::string>>>([keyframe, width] {
    std::vector<h264::NalUnit> units;
    for (const Frame::Unit& unit : keyframe->units) units.push_back(keyframe->unit(unit));
    return std::make_shared<Result<std::string>>(stills::jpeg_of(units, width));
  });
  made_[key].being_made = false;
  if (!made) co_return Error{Errc::unavailable, "Too many ask for stills. Try again in a moment.", {}, 2};
  if (!**made) co_return Error{Errc::unavailable, "There is no still of this camera now.", {}, 2};
  auto jpeg = std::make_shared<const std::string>(std::move(***made));
  made_[key] = {std::move(keyframe), jpeg};
  co_return jpeg;
}

}  // namespace pitview::video
