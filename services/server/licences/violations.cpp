#include "licences/violations.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "pitview/async/deadline.h"

namespace pitview::licences {
namespace {

constexpr std::chrono::seconds kWriteEvery{2};
constexpr std::chrono::seconds kLastWriteLimit{2};

prometheus::Counter& counter_of(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("pitview_licence_violations_total")
      .Help("Messages that devices had no right to send")
      .Register(registry)
      .Add({});
}

}  // namespace

Violations::Violations(asio::any_io_executor executor, Parts parts)
    : parts_(parts), tasks_(std::move(executor)), total_(counter_of(parts.metrics)) {}

void Violations::start() { tasks_.spawn("licence_violations", write_all()); }

Awaitable<> Violations::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  co_await with_deadline(kLastWriteLimit, write());
}

void Violations::note(Violation violation) {
  total_.Increment();
  const Timestamp now = parts_.clock.now();
  const std::string device = violation.device_id;
  const std::string reason = violation.reason;
  if (!counts_.add(std::move(violation), now)) return;
  std::int64_t held_back = 0;
  const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (log_.allow(now_s, held_back))
    log::warning("licence_violation", {{"device", device}, {"reason", reason}, {"not_logged_before", held_back}});
}

Awaitable<> Violations::write_all() {
  while (true) {
    co_await sleep_for(kWriteEvery);
    co_await write();
  }
}

Awaitable<> Violations::write() {
  if (counts_.empty()) co_return;
  std::vector<ViolationCount> counts = counts_.take();
  try {
    co_await parts_.licences.record(counts);
    co_return;
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) {
      counts_.put_back(std::move(counts));
      throw;
    }
    log::warning("violations_wait_for_database", {{"rows", counts.size()}, {"reason", e.what()}});
  } catch (const std::exception& e) {
    log::warning("violations_wait_for_database", {{"rows", counts.size()}, {"reason", e.what()}});
  }
  counts_.put_back(std::move(counts));
}

}  // namespace pitview::licences
