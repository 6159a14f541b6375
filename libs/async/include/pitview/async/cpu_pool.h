// Threads for work that computes for long (bcrypt takes a quarter of a second),
// so that it never holds up a network thread. The queue is bounded: what does
// not fit is refused at once instead of making everyone wait.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/thread_pool.hpp>

#include "pitview/async/asio.h"

namespace pitview {

class CpuPool {
 public:
  CpuPool(std::size_t threads, std::size_t queue_capacity);
  ~CpuPool();

  // Runs `work` on a thread of the pool and resumes the caller on its own
  // executor. Empty when the queue is full; an exception of `work` is rethrown.
  template <class T>
  Awaitable<std::optional<T>> run(std::function<T()> work) {
    if (waiting_.fetch_add(1) >= capacity_) {
      waiting_.fetch_sub(1);
      co_return std::nullopt;
    }
    std::optional<T> value =
        co_await asio::co_spawn(pool_.get_executor(), compute<T>(std::move(work), waiting_), asio::use_awaitable);
    co_return value;
  }

 private:
  template <class T>
  static Awaitable<T> compute(std::function<T()> work, std::atomic<std::size_t>& waiting) {
    struct Leave {
      std::atomic<std::size_t>& count;
      ~Leave() { count.fetch_sub(1); }
    } leave{waiting};
    co_return work();
  }

  std::atomic<std::size_t> waiting_ = 0;
  std::size_t capacity_;
  asio::thread_pool pool_;
};

}  // namespace pitview
