#include "hls/hls_routes.h"

#include <charconv>

#include "access/bearer.h"
#include "hls/playlist.h"

namespace pitview::video {
namespace {

constexpr std::chrono::milliseconds kFirstPart{2'500};  // players give up after three seconds
constexpr int kPatience = 3;                            // target durations that a player may be kept waiting
constexpr const char* kPlaylistType = "application/vnd.apple.mpegurl";

Error ended() { return {Errc::session_ended, "The stream has ended.", {}, 0}; }

std::optional<std::uint64_t> number_of(const http::Request& request, std::string_view name) {
  for (const auto& [known, value] : request.query) {
    if (known != name) continue;
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failure == std::errc{} && end == value.data() + value.size()) return number;
  }
  return std::nullopt;
}

// The part is there, or one that comes behind it.
bool has_part(const Segmenter& segmenter, std::uint64_t segment, std::uint64_t part) {
  if (segmenter.segments().empty() || segment > segmenter.segments().back().number) return false;
  const HlsSegment* found = segmenter.find(segment);
  return found == nullptr || found->complete || found->parts.size() > part;
}

bool has_segment(const Segmenter& segmenter, std::uint64_t segment) {
  const HlsSegment* found = segmenter.find(segment);
  return found != nullptr ? found->complete
                          : !segmenter.segments().empty() && segment < segmenter.segments().front().number;
}

bool has_begun(const Segmenter& segmenter) {
  return !segmenter.segments().empty() && !segmenter.segments().front().parts.empty();
}

std::chrono::milliseconds patience(const HlsStream& stream) {
  return std::chrono::seconds(kPatience * stream.segmenter().target_duration_s());
}

http::Response media(SharedBytes bytes, const char* type) {
  http::Response response{.status = 200, .content_type = type, .body = {}, .headers = {}};
  response.shared_body = std::move(bytes);
  return response;
}

SharedBytes whole(const HlsSegment& segment) {
  std::string bytes;
  for (const HlsPart& part : segment.parts) bytes += *part.bytes;
  return std::make_shared<const std::string>(std::move(bytes));
}

SharedBytes bytes_of(const Segmenter& segmenter, const HlsName& name) {
  if (name.kind == HlsName::Kind::head) return segmenter.head(name.number);
  const HlsSegment* segment = segmenter.find(name.number);
  if (segment == nullptr) return nullptr;
  if (name.kind == HlsName::Kind::segment) return segment->complete ? whole(*segment) : nullptr;
  return name.part < segment->parts.size() ? segment->parts[name.part].bytes : nullptr;
}

}  // namespace

void HlsRoutes::add_to(http::Router& router) {
  router.add(http::Method::get, "/{path}/index.m3u8", [this](const http::Request& request) { return open(request); });
  router.add(http::Method::get, "/{path}/hls/{viewer}/index.m3u8",
             [this](const http::Request& request) { return playlist(request); });
  router.add(http::Method::get, "/{path}/hls/{viewer}/{file}",
             [this](const http::Request& request) { return file(request); });
}

Awaitable<http::Response> HlsRoutes::open(const http::Request& request) {
  const std::string path(request.param("path"));
  const auto grant = verify_stream_token(parts_.token_secret, token_of(request), path, parts_.clock.now());
  if (!grant) co_return http::problem(grant.error(), request.request_id);
  if (parts_.cut_rights.covers(*grant)) co_return http::problem(ended(), request.request_id);
  Camera* camera = parts_.cameras.find(path);
  if (camera == nullptr)
    co_return http::problem({Errc::not_found, "There is no such stream.", {}, 0}, request.request_id);
  const auto viewer = parts_.viewers.add(camera->stream(), path, {grant->subject, grant->session});
  if (!viewer) co_return http::problem(viewer.error(), request.request_id);
  camera->wake();
  http::Response response{.status = 302, .content_type = {}, .body = {}, .headers = {}};
  response.headers.emplace_back("Location", "/" + path + "/hls/" + (*viewer)->id + "/index.m3u8");
  co_return response;
}

HlsViewer* HlsRoutes::viewer_of(const http::Request& request) {
  HlsViewer* viewer = parts_.viewers.find(std::string(request.param("viewer")), request.param("path"));
  if (viewer == nullptr) return nullptr;
  viewer->last_request = std::chrono::steady_clock::now();
  ++viewer->requests;
  return viewer;
}

Awaitable<http::Response> HlsRoutes::playlist(const http::Request& request) {
  const HlsViewer* viewer = viewer_of(request);
  if (viewer == nullptr) co_return http::problem(ended(), request.request_id);
  const std::shared_ptr<HlsStream> stream = viewer->stream;
  const auto segment = number_of(request, "_HLS_msn");
  const auto part = number_of(request, "_HLS_part");
  if (!co_await stream->wait(has_begun, kFirstPart)) {
    if (stream->is_over()) co_return http::problem(ended(), request.request_id);
    co_return http::problem({Errc::unavailable, "The camera is not online.", {}, 2}, request.request_id);
  }
  if (segment) {
    // Nobody can know of more than the next one (rfc8216bis, 6.2.5.2).
    if (*segment > stream->segmenter().segments().back().number + 2)
      co_return http::problem({Errc::validation_failed, "_HLS_msn is too far ahead.", {}, 0}, request.request_id);
    const auto is_there = [&](const Segmenter& segmenter) {
      return part ? has_part(segmenter, *segment, *part) : has_segment(segmenter, *segment);
    };
    if (!co_await stream->wait(is_there, patience(*stream))) {
      if (stream->is_over()) co_return http::problem(ended(), request.request_id);
      co_return http::problem({Errc::unavailable, "The camera sends nothing now.", {}, 1}, request.request_id);
    }
  }
  co_return http::Response{
      .status = 200, .content_type = kPlaylistType, .body = write_playlist(stream->segmenter()), .headers = {}};
}

Awaitable<http::Response> HlsRoutes::file(const http::Request& request) {
  const HlsViewer* viewer = viewer_of(request);
  if (viewer == nullptr) co_return http::problem(ended(), request.request_id);
  const std::shared_ptr<HlsStream> stream = viewer->stream;
  const auto name = parse_hls_name(request.param("file"));
  const Error none{Errc::not_found, "There is no such part of the stream.", {}, 0};
  if (!name || stream->segmenter().segments().empty()) co_return http::problem(none, request.request_id);
  // The part that the playlist's hint names is waited for.
  const HlsSegment& newest = stream->segmenter().segments().back();
  if (name->kind == HlsName::Kind::part && name->number == newest.number && name->part == newest.parts.size()) {
    const auto is_there = [&](const Segmenter& segmenter) { return has_part(segmenter, name->number, name->part); };
    co_await stream->wait(is_there, patience(*stream));
    if (stream->is_over()) co_return http::problem(ended(), request.request_id);
  }
  SharedBytes bytes = bytes_of(stream->segmenter(), *name);
  if (!bytes) co_return http::problem(none, request.request_id);
  if (HlsViewer* still = viewer_of(request)) still->bytes += bytes->size();
  co_return media(std::move(bytes), name->kind == HlsName::Kind::head ? "video/mp4" : "video/iso.segment");
}

}  // namespace pitview::video
