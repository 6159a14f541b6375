// One io_context per thread: what is created on a thread stays on it, so that
// no lock and no strand is needed inside. Work crosses threads by asio::post.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "pitview/async/asio.h"

namespace pitview {

class Runtime {
 public:
  explicit Runtime(std::size_t threads);

  std::size_t size() const noexcept { return contexts_.size(); }
  asio::io_context& context(std::size_t index) { return *contexts_[index]; }

  // Runs context 0 on the calling thread and the others on threads of their own,
  // until stop(). An exception that leaves a handler ends the process: state
  // that nobody foresaw is not worth keeping.
  void run();

  // From any thread.
  void stop();

  // The index of the context that the calling thread runs; 0 on a thread that
  // runs none. For picking what belongs to "this thread" (its database pool).
  static std::size_t current_index() noexcept;

 private:
  std::vector<std::unique_ptr<asio::io_context>> contexts_;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards_;
};

}  // namespace pitview
