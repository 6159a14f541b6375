// Carries out suspensions that waited for the end of running jobs.
//
// One thread, that of `executor`.
#pragma once

#include <functional>

#include "pitview/async/task_group.h"
#include "workshops/workshops_repository.h"

namespace pitview::workshops {

class DueSuspensions {
 public:
  // `directory_changed`: from any thread.
  DueSuspensions(asio::any_io_executor executor, WorkshopsRepository& workshops,
                 std::function<void()> directory_changed);

  void start();
  Awaitable<> stop();

 private:
  Awaitable<> run();
  Awaitable<> look();

  WorkshopsRepository& workshops_;
  std::function<void()> directory_changed_;
  TaskGroup tasks_;
};

}  // namespace pitview::workshops
