#include "pitview/async/runtime.h"

#include <thread>

namespace pitview {
namespace {

thread_local std::size_t this_thread = 0;

}  // namespace

std::size_t Runtime::current_index() noexcept { return this_thread; }

Runtime::Runtime(std::size_t threads) {
  for (std::size_t i = 0; i < (threads == 0 ? 1 : threads); ++i) {
    contexts_.push_back(std::make_unique<asio::io_context>(1));
    guards_.push_back(asio::make_work_guard(*contexts_.back()));
  }
}

void Runtime::run() {
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < contexts_.size(); ++i) {
    threads.emplace_back([this, i] {
      this_thread = i;
      contexts_[i]->run();
    });
  }
  contexts_[0]->run();
}

void Runtime::stop() {
  for (auto& context : contexts_) context->stop();
}

}  // namespace pitview
