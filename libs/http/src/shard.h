// The connections of one thread.
#pragma once

#include <list>
#include <memory>

#include "connection.h"
#include "pitview/async/task_group.h"

namespace pitview::http {

// All calls on the thread of `context`, except the constructor.
class Shard {
 public:
  Shard(asio::io_context& context, Shared& shared);
  // Precondition: nothing runs.
  ~Shard();

  asio::io_context& context() noexcept { return context_; }

  void start();
  void adopt(Socket socket);

  void begin_stop();
  // After begin_stop(): waits for the connections, from `until` on without mercy.
  Awaitable<> finish(std::chrono::steady_clock::time_point until);

 private:
  using Entry = std::list<std::unique_ptr<Connection>>::iterator;

  Awaitable<> watch();
  Awaitable<> wait_until_empty(std::chrono::steady_clock::time_point until);
  void update_date();
  template <class F>
  void for_each(F&& f);

  asio::io_context& context_;
  Shared& shared_;
  ThreadState state_;
  std::list<std::unique_ptr<Connection>> connections_;
  TaskGroup tasks_;
  asio::steady_timer emptied_;
  bool stopping_ = false;
};

}  // namespace pitview::http
