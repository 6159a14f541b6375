// Messages that devices had no right to send (plan §4.1, §5.2): counted, logged once for
// each device, reason and hour, and written every few seconds. What the database
// cannot take waits.
//
// One thread, that of `executor`.
#pragma once

#include "licences/licences_repository.h"
#include "pitview/async/task_group.h"
#include "pitview/base/log.h"

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace pitview::licences {

class Violations {
 public:
  struct Parts {
    LicencesRepository& licences;
    const Clock& clock;
    prometheus::Registry& metrics;
  };
  Violations(asio::any_io_executor executor, Parts parts);

  void start();
  // Writes what is there, if the database takes it at once.
  Awaitable<> stop();

  void note(Violation violation);

 private:
  Awaitable<> write_all();
  Awaitable<> write();

  Parts parts_;
  TaskGroup tasks_;
  ViolationCounts counts_;
  log::RateLimited log_{1};
  prometheus::Counter& total_;
};

}  // namespace pitview::licences
