#include "pitview/async/task_group.h"

#include <cassert>
#include <exception>

#include "pitview/base/log.h"

namespace pitview {

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : executor_(std::move(executor)), all_done_(executor_, asio::steady_timer::time_point::max()) {}

TaskGroup::~TaskGroup() { assert(tasks_.empty() && "a TaskGroup is joined before it is destroyed"); }

void TaskGroup::spawn(std::string name, Awaitable<> task) {
  const auto entry = tasks_.emplace(tasks_.end());
  entry->name = std::move(name);
  asio::co_spawn(executor_, std::move(task),
                 asio::bind_cancellation_slot(entry->cancelled.slot(), [this, entry](std::exception_ptr failure) {
                   try {
                     if (failure) std::rethrow_exception(failure);
                   } catch (const boost::system::system_error& e) {
                     if (e.code() != asio::error::operation_aborted)
                       log::error("task_failed", {{"task", entry->name}, {"reason", e.what()}});
                   } catch (const std::exception& e) {
                     log::error("task_failed", {{"task", entry->name}, {"reason", e.what()}});
                   }
                   tasks_.erase(entry);
                   if (tasks_.empty()) all_done_.cancel();
                 }));
}

void TaskGroup::cancel() {
  // A cancelled task may end inside emit(), which would remove it from the list.
  for (auto task = tasks_.begin(); task != tasks_.end();) (task++)->cancelled.emit(asio::cancellation_type::terminal);
}

Awaitable<> TaskGroup::join() {
  while (!tasks_.empty()) {
    error_code ignored;
    co_await all_done_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

}  // namespace pitview
