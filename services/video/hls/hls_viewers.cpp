#include "hls/hls_viewers.h"

#include <algorithm>

#include "pitview/async/deadline.h"
#include "pitview/base/crypto.h"
#include "pitview/base/log.h"

namespace pitview::video {
namespace {

constexpr std::chrono::seconds kLookEvery{1};

}  // namespace

HlsStream::HlsStream(asio::any_io_executor executor, Stream& stream, const Clock& clock)
    : segmenter_(std::make_unique<Segmenter>(stream, clock)),
      changed_(std::move(executor), asio::steady_timer::time_point::max()) {
  segmenter_->on_part([this] { changed_.cancel(); });
}

void HlsStream::end() {
  segmenter_.reset();
  changed_.cancel();
}

Awaitable<bool> HlsStream::wait(std::function<bool(const Segmenter&)> is_there, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (segmenter_ && !is_there(*segmenter_)) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= std::chrono::milliseconds(0)) co_return false;
    error_code woken;
    co_await with_deadline(left, changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken)));
  }
  co_return segmenter_ != nullptr;
}

HlsViewers::HlsViewers(asio::any_io_executor executor, const Clock& clock)
    : executor_(executor), clock_(clock), tasks_(executor) {}

void HlsViewers::start() { tasks_.spawn("hls_viewers", let_go()); }

Awaitable<> HlsViewers::stop() {
  cut([](const HlsViewer&) { return true; });
  tasks_.cancel();
  co_await tasks_.join();
}

Result<HlsViewer*> HlsViewers::add(Stream& stream, const std::string& path, Subject subject) {
  if (by_id_.size() >= kMaxViewers)
    return Error{Errc::unavailable, "Too many people are watching. Try again in a moment.", {}, 10};
  const auto own = std::count_if(by_id_.begin(), by_id_.end(), [&](const auto& entry) {
    return entry.second.path == path && entry.second.subject.session == subject.session;
  });
  if (static_cast<std::size_t>(own) >= kMaxOfSession)
    return Error{Errc::rate_limited, "This is open in too many windows. Close one of them.", {}, 10};
  std::shared_ptr<HlsStream>& shared = streams_[path];
  if (!shared) shared = std::make_shared<HlsStream>(executor_, stream, clock_);
  std::string id = crypto::random_token(16);
  const auto now = std::chrono::steady_clock::now();
  HlsViewer& added = by_id_[id];
  added = {.id = id, .path = path, .subject = std::move(subject), .since = now, .last_request = now, .stream = shared};
  log::info("viewer_joined", {{"path", path}, {"viewer", id}, {"subject", added.subject.id}, {"transport", "hls"}});
  return &added;
}

HlsViewer* HlsViewers::find(const std::string& id, std::string_view path) noexcept {
  const auto found = by_id_.find(id);
  return found == by_id_.end() || found->second.path != path ? nullptr : &found->second;
}

std::size_t HlsViewers::cut(const std::function<bool(const HlsViewer&)>& matches) {
  const std::size_t count = std::erase_if(by_id_, [&](const auto& entry) {
    if (!matches(entry.second)) return false;
    log::info("viewer_left", {{"path", entry.second.path}, {"viewer", entry.first}, {"bytes", entry.second.bytes}});
    return true;
  });
  forget_unwatched();
  return count;
}

void HlsViewers::remove_stream(const std::string& path) {
  cut([&](const HlsViewer& viewer) { return viewer.path == path; });
}

void HlsViewers::for_each(const std::function<void(const HlsViewer&)>& visit) const {
  for (const auto& [id, viewer] : by_id_) visit(viewer);
}

void HlsViewers::forget_unwatched() {
  std::erase_if(streams_, [this](const auto& entry) {
    const bool watched = std::any_of(by_id_.begin(), by_id_.end(),
                                     [&](const auto& viewer) { return viewer.second.path == entry.first; });
    if (!watched) entry.second->end();
    return !watched;
  });
}

Awaitable<> HlsViewers::let_go() {
  while (true) {
    co_await sleep_for(kLookEvery);
    const auto now = std::chrono::steady_clock::now();
    cut([now](const HlsViewer& viewer) { return now - viewer.last_request > kIdle; });
  }
}

}  // namespace pitview::video
