#include "playback/playback_routes.h"

#include <algorithm>

#include "access/bearer.h"
#include "playback/vod_playlist.h"

namespace pitview::video {
namespace {

constexpr int kMaxOfOne = 3;       // of one session: nobody takes all places
constexpr int kMaxDownloads = 16;  // at once: each holds an index of all its pictures
constexpr std::size_t kMaxSegment = std::size_t{64} << 20;

Error ended() { return {Errc::session_ended, "The recording is not open any more.", {}, 0}; }
Error none() { return {Errc::not_found, "There is no such part of the recording.", {}, 0}; }

// What a name of a file may consist of in a header; "" when it has anything else.
std::string file_name_of(const http::Request& request) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  for (const auto& [name, value] : request.query)
    if (name == "name" && value.size() <= 80 && std::all_of(value.begin(), value.end(), is_plain)) return value;
  return "";
}

// A playlist is made for one range: what lies outside of it is not for this session.
Result<std::string> bytes_of(const Span& span, const VodName& name) {
  if (name.count == 0) return span.file.read(0);
  if (name.first < span.first || name.first >= span.end || name.count > span.end - name.first) return none();
  std::string bytes;
  for (std::size_t i = name.first; i < name.first + name.count; ++i) {
    auto piece = span.file.read(i);
    if (!piece) return piece.error();
    if (bytes.size() + piece->size() > kMaxSegment) return none();
    bytes += *piece;
  }
  return bytes;
}

}  // namespace

void PlaybackRoutes::add_to(http::Router& router) {
  using http::Method;
  using http::Request;
  router.add(Method::get, "/{path}/recordings/{times}/index.m3u8", [this](const Request& r) { return open(r); });
  router.add(Method::get, "/{path}/recordings/{times}/clip.mp4", [this](const Request& r) { return clip(r); });
  router.add(Method::get, "/{path}/playback/{session}/index.m3u8", [this](const Request& r) { return playlist(r); });
  router.add(Method::get, "/{path}/playback/{session}/{file}", [this](const Request& r) { return file(r); });
}

Result<std::pair<RecordedRange, StreamGrant>> PlaybackRoutes::granted(const http::Request& request,
                                                                      std::chrono::milliseconds longest) const {
  const std::string path(request.param("path"));
  const std::string address = path + "/recordings/" + std::string(request.param("times"));
  auto grant = verify_stream_token(parts_.token_secret, token_of(request), address, parts_.clock.now());
  if (!grant) return grant.error();
  if (parts_.cut_rights.covers(*grant)) return ended();
  auto range = parse_recorded_range(path, request.param("times"));
  if (!range || library_ == nullptr) return none();
  if (range->to - range->from > longest)
    return Error{Errc::validation_failed, "This is too long a time for one request.", {}, 0};
  return std::pair(std::move(*range), std::move(*grant));
}

// Not on this thread, which has packets to send.
template <class T>
Awaitable<Result<T>> PlaybackRoutes::read(std::function<Result<T>()> work) {
  using Shared = std::shared_ptr<Result<T>>;
  const auto done = co_await pool_.run<Shared>([work] { return std::make_shared<Result<T>>(work()); });
  if (!done) co_return Error{Errc::unavailable, "Too many recordings are being read. Try again in a moment.", {}, 2};
  co_return std::move(**done);
}

Awaitable<http::Response> PlaybackRoutes::open(const http::Request& request) {
  auto asked = granted(request, kMaxPlayback);
  if (!asked) co_return http::problem(asked.error(), request.request_id);
  auto& [range, grant] = *asked;
  const std::string path = range.path;
  if (library_->catalogue().of(path, range.from, range.to).empty())
    co_return http::problem({Errc::not_found, "Nothing was recorded at this time.", {}, 0}, request.request_id);
  const auto session = parts_.sessions.open(std::move(range), {grant.subject, grant.session});
  if (!session) co_return http::problem(session.error(), request.request_id);
  http::Response response{.status = 302, .content_type = {}, .body = {}, .headers = {}};
  response.headers.emplace_back("Location", "/" + path + "/playback/" + *session + "/index.m3u8");
  co_return response;
}

PlaybackSession* PlaybackRoutes::session_of(const http::Request& request) {
  if (library_ == nullptr) return nullptr;
  return parts_.sessions.find(std::string(request.param("session")), request.param("path"));
}

Awaitable<http::Response> PlaybackRoutes::playlist(const http::Request& request) {
  const PlaybackSession* session = session_of(request);
  if (session == nullptr) co_return http::problem(ended(), request.request_id);
  auto text = co_await read<std::string>([library = library_, range = session->range]() -> Result<std::string> {
    const auto spans = library->find(range);
    if (!spans) return spans.error();
    return write_vod_playlist(*spans);
  });
  if (!text) co_return http::problem(text.error(), request.request_id);
  co_return http::Response{
      .status = 200, .content_type = "application/vnd.apple.mpegurl", .body = std::move(*text), .headers = {}};
}

Awaitable<http::Response> PlaybackRoutes::file(const http::Request& request) {
  const PlaybackSession* session = session_of(request);
  if (session == nullptr) co_return http::problem(ended(), request.request_id);
  const auto name = parse_vod_name(request.param("file"));
  if (!name) co_return http::problem(none(), request.request_id);
  auto bytes =
      co_await read<std::string>([library = library_, range = session->range, name = *name]() -> Result<std::string> {
        const auto span = library->find(range, name.file);
        if (!span) return span.error();
        return bytes_of(*span, name);
      });
  if (!bytes) co_return http::problem(bytes.error(), request.request_id);
  // It may have been cut meanwhile.
  if (session_of(request) == nullptr) co_return http::problem(ended(), request.request_id);
  co_return http::Response{.status = 200,
                           .content_type = name->count == 0 ? "video/mp4" : "video/iso.segment",
                           .body = std::move(*bytes),
                           .headers = {}};
}

std::shared_ptr<void> PlaybackRoutes::place_for_download(const std::string& session) {
  const auto own = downloads_of_.find(session);
  if (downloads_ >= kMaxDownloads || (own != downloads_of_.end() && own->second >= kMaxOfOne)) return nullptr;
  ++downloads_;
  ++downloads_of_[session];
  return {this, [this, session](void*) {
            --downloads_;
            if (--downloads_of_[session] == 0) downloads_of_.erase(session);
          }};
}

Awaitable<http::Response> PlaybackRoutes::clip(const http::Request& request) {
  const auto asked = granted(request, kMaxClip);
  if (!asked) co_return http::problem(asked.error(), request.request_id);
  const auto place = place_for_download(asked->second.session);
  if (!place)
    co_return http::problem(
        {Errc::rate_limited, "Other recordings are being downloaded. Try again in a moment.", {}, 5},
        request.request_id);
  auto made = co_await read<std::shared_ptr<MovieFile>>(
      [library = library_, range = asked->first]() -> Result<std::shared_ptr<MovieFile>> {
        auto spans = library->find(range);
        if (!spans) return spans.error();
        auto file = MovieFile::of(std::move(*spans));
        if (!file) return file.error();
        return std::make_shared<MovieFile>(std::move(*file));
      });
  if (!made) co_return http::problem(made.error(), request.request_id);
  http::Response response{.status = 200, .content_type = "video/mp4", .body = {}, .headers = {}};
  const std::string name = file_name_of(request);
  response.with("Content-Disposition", "attachment; filename=\"" + (name.empty() ? "recording" : name) + ".mp4\"");
  response.source = std::make_shared<const http::BodySource>(
      http::BodySource{.size = (*made)->size(), .next = [this, file = *made, place]() -> Awaitable<std::string> {
                         auto bytes = co_await read<std::string>([file] { return file->next(); });
                         if (!bytes) throw std::runtime_error(bytes.error().detail);
                         co_return std::move(*bytes);
                       }});
  co_return response;
}

}  // namespace pitview::video
