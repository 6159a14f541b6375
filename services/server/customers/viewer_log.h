// Who is watching now: the customers' open live connections of this server,
// written to the database when they change and every 15 s, so that the rows of a
// server that died are recognised by their age. Staff hears of each change by the
// live event `viewer`.
//
// watch() from any thread; the rest on the executor's.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "customers/views_repository.h"
#include "pitview/async/task_group.h"
#include "pitview/domain/principal.h"
#include "pitview/live/hub.h"

namespace pitview::customers {

class ViewerLog {
 public:
  struct Parts {
    ViewsRepository& views;
    live::Hub& hub;
    std::string server;  // "": the only one
  };
  ViewerLog(asio::any_io_executor executor, Parts parts);

  // As long as it lives the session is watching.
  class Watching {
   public:
    Watching() = default;
    Watching(Watching&& other) noexcept : log_(std::exchange(other.log_, nullptr)), session_(other.session_) {}
    Watching& operator=(Watching&&) = delete;
    ~Watching() {
      if (log_ != nullptr) log_->leave(session_);
    }

   private:
    friend class ViewerLog;
    Watching(ViewerLog& log, SessionId session) : log_(&log), session_(session) {}
    ViewerLog* log_ = nullptr;
    SessionId session_;
  };
  // Customers only: staff at work is no viewer.
  [[nodiscard]] Watching watch(const Principal& principal);

  // The sessions that look at something that is no open page (channel video), all of
  // them, at least every 15 s. Throws when the database is away.
  Awaitable<> note(std::string channel, std::vector<SessionId> sessions);

  void start();
  // Says that nobody watches here any more. No Watching outlives the log.
  Awaitable<> stop();

 private:
  void leave(SessionId session);
  void wake();
  std::vector<SessionId> watching() const;
  Awaitable<> run();
  Awaitable<> wait_for_change();
  Awaitable<> try_to_note(std::vector<SessionId> sessions);

  Parts parts_;
  asio::any_io_executor executor_;
  TaskGroup tasks_;
  asio::steady_timer wake_;
  mutable std::mutex mutex_;
  std::unordered_map<SessionId, int> connections_;  // under the mutex: open ones of each session
  bool changed_ = false;                            // under the mutex
};

}  // namespace pitview::customers
