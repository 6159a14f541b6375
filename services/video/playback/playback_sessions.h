// Who plays a recording. A token opens a session; the playlist and what it names are asked for below the
// session's own address, which nobody guesses, for hours: somebody who stopped to look comes back. One thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "pitview/async/task_group.h"
#include "pitview/video/recorded_range.h"
#include "webrtc/viewer.h"

namespace pitview::video {

struct PlaybackSession {
  std::string id;
  RecordedRange range;
  Subject subject;
  SteadyTime last_request;
};

class PlaybackSessions {
 public:
  static constexpr std::size_t kMaxSessions = 2'000;
  static constexpr std::size_t kMaxOfOne = 64;  // of one session of the server, or one link: the idlest makes room
  static constexpr std::chrono::minutes kIdle{30};

  explicit PlaybackSessions(asio::any_io_executor executor) : tasks_(std::move(executor)) {}

  void start();
  Awaitable<> stop();

  // unavailable: there are too many.
  Result<std::string> open(RecordedRange range, Subject subject);
  // Null: none of this path. Asking keeps it.
  PlaybackSession* find(const std::string& id, std::string_view path) noexcept;
  std::size_t cut(const std::function<bool(const PlaybackSession&)>& matches);
  void for_each(const std::function<void(const PlaybackSession&)>& visit) const;

 private:
  Awaitable<> let_go();
  void make_room(const Subject& subject);

  TaskGroup tasks_;
  std::map<std::string, PlaybackSession> by_id_;
};

}  // namespace pitview::video
