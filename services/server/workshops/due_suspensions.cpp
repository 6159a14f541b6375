#include "workshops/due_suspensions.h"

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::workshops {
namespace {

constexpr std::chrono::seconds kLookEvery{2};

}  // namespace

DueSuspensions::DueSuspensions(asio::any_io_executor executor, WorkshopsRepository& workshops,
                               std::function<void()> directory_changed)
    : workshops_(workshops), directory_changed_(std::move(directory_changed)), tasks_(std::move(executor)) {}

void DueSuspensions::start() { tasks_.spawn("due_suspensions", run()); }

Awaitable<> DueSuspensions::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Awaitable<> DueSuspensions::run() {
  while (true) {
    co_await sleep_for(kLookEvery);
    try {
      co_await look();
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      log::warning("suspensions_wait_for_database", {{"reason", e.what()}});
    } catch (const std::exception& e) {
      log::warning("suspensions_wait_for_database", {{"reason", e.what()}});
    }
  }
}

Awaitable<> DueSuspensions::look() {
  const auto suspended = co_await workshops_.apply_due_suspensions();
  for (const SuspendedWorkshop& workshop : suspended) log::info("workshop_suspended", {{"workshop", workshop.code}});
  if (!suspended.empty()) directory_changed_();
}

}  // namespace pitview::workshops
