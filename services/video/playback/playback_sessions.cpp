#include "playback/playback_sessions.h"

#include "pitview/async/deadline.h"
#include "pitview/base/crypto.h"
#include "pitview/base/log.h"

namespace pitview::video {
namespace {

constexpr std::chrono::seconds kLookEvery{10};

}  // namespace

void PlaybackSessions::start() { tasks_.spawn("playback_sessions", let_go()); }

Awaitable<> PlaybackSessions::stop() {
  by_id_.clear();
  tasks_.cancel();
  co_await tasks_.join();
}

Result<std::string> PlaybackSessions::open(RecordedRange range, Subject subject) {
  make_room(subject);
  if (by_id_.size() >= kMaxSessions)
    return Error{Errc::unavailable, "Too many people are watching recordings. Try again in a moment.", {}, 10};
  const std::string id = crypto::random_token(16);
  const auto now = std::chrono::steady_clock::now();
  log::info("playback_began", {{"path", range.path}, {"playback", id}, {"subject", subject.id}});
  by_id_[id] = {.id = id, .range = std::move(range), .subject = std::move(subject), .last_request = now};
  return id;
}

void PlaybackSessions::make_room(const Subject& subject) {
  auto oldest = by_id_.end();
  std::size_t own = 0;
  for (auto entry = by_id_.begin(); entry != by_id_.end(); ++entry) {
    if (entry->second.subject.session != subject.session) continue;
    ++own;
    if (oldest == by_id_.end() || entry->second.last_request < oldest->second.last_request) oldest = entry;
  }
  if (own >= kMaxOfOne) by_id_.erase(oldest);
}

PlaybackSession* PlaybackSessions::find(const std::string& id, std::string_view path) noexcept {
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second.range.path != path) return nullptr;
  found->second.last_request = std::chrono::steady_clock::now();
  return &found->second;
}

std::size_t PlaybackSessions::cut(const std::function<bool(const PlaybackSession&)>& matches) {
  return std::erase_if(by_id_, [&](const auto& entry) { return matches(entry.second); });
}

void PlaybackSessions::for_each(const std::function<void(const PlaybackSession&)>& visit) const {
  for (const auto& [id, session] : by_id_) visit(session);
}

Awaitable<> PlaybackSessions::let_go() {
  while (true) {
    co_await sleep_for(kLookEvery);
    const auto now = std::chrono::steady_clock::now();
    cut([now](const PlaybackSession& session) { return now - session.last_request > kIdle; });
  }
}

}  // namespace pitview::video
