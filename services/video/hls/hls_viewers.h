// Who watches over HLS. A token opens a session; everything else is asked for below the
// session's own address, which nobody guesses, until it has not been asked for a while.
//
// All on one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "hls/segmenter.h"
#include "pitview/async/task_group.h"
#include "pitview/base/result.h"
#include "webrtc/viewer.h"

namespace pitview::video {

// What the sessions of one camera share. Ends with the last of them, or with the camera.
class HlsStream {
 public:
  HlsStream(asio::any_io_executor executor, Stream& stream, const Clock& clock);

  const Segmenter& segmenter() const noexcept { return *segmenter_; }
  bool is_over() const noexcept { return segmenter_ == nullptr; }
  // Waiters go on; segmenter() is not there any more.
  void end();

  // Until `is_there` or the time is up or it is over; whether it is there.
  Awaitable<bool> wait(std::function<bool(const Segmenter&)> is_there, std::chrono::milliseconds limit);

 private:
  std::unique_ptr<Segmenter> segmenter_;
  asio::steady_timer changed_;
};

struct HlsViewer {
  std::string id;
  std::string path;
  Subject subject;
  SteadyTime since;
  SteadyTime last_request;
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
  std::shared_ptr<HlsStream> stream;
};

class HlsViewers {
 public:
  static constexpr std::size_t kMaxViewers = 4'000;
  static constexpr std::size_t kMaxOfSession = 8;  // of one stream
  static constexpr std::chrono::seconds kIdle{20};

  HlsViewers(asio::any_io_executor executor, const Clock& clock);

  void start();
  Awaitable<> stop();

  // unavailable when there are too many, rate_limited when one session has too many.
  Result<HlsViewer*> add(Stream& stream, const std::string& path, Subject subject);
  // Null: none of this path.
  HlsViewer* find(const std::string& id, std::string_view path) noexcept;
  std::size_t cut(const std::function<bool(const HlsViewer&)>& matches);
  // The camera goes.
  void remove_stream(const std::string& path);
  void for_each(const std::function<void(const HlsViewer&)>& visit) const;

 private:
  Awaitable<> let_go();
  void forget_unwatched();

  asio::any_io_executor executor_;
  const Clock& clock_;
  TaskGroup tasks_;
  std::map<std::string, HlsViewer> by_id_;
  std::map<std::string, std::shared_ptr<HlsStream>> streams_;  // by path
};

}  // namespace pitview::video
