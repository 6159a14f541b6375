// The owner of coroutines that run beside each other: starts them, cancels them
// and waits for them, so that nothing outlives what it uses.
//
// All calls on the thread of `executor`.
#pragma once

#include <cstddef>
#include <list>
#include <string>

#include "pitview/async/asio.h"

namespace pitview {

class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  // Precondition: no task is running (join() has returned).
  ~TaskGroup();

  // Starts `task`. An exception other than cancellation that leaves it is logged
  // as "task_failed" with `name`, and ends that task alone.
  void spawn(std::string name, Awaitable<> task);

  std::size_t running() const noexcept { return tasks_.size(); }

  // Asks every task to end: its pending operation fails with operation_aborted.
  void cancel();

  // Waits until no task runs. Does not cancel by itself.
  //
  // A coroutine that may itself be cancelled must not leave before its tasks have:
  // co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation())
  // comes first there, because a cancelled coroutine is thrown out of its next await.
  Awaitable<> join();

 private:
  struct Task {
    std::string name;
    asio::cancellation_signal cancelled;
  };

  asio::any_io_executor executor_;
  std::list<Task> tasks_;
  asio::steady_timer all_done_;  // never expires; cancelled when a task ends
};

}  // namespace pitview
