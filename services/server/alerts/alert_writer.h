// Writes what the engine finds, in its order, and says it live once it is committed.
//
// One thread, that of `executor`. While the database is away everything waits and is
// tried again; the queue is bounded by is_full(): whoever adds is to ask first, and to
// judge nothing more then, because what still holds is found again by the next reading.
#pragma once

#include <atomic>
#include <deque>
#include <vector>

#include "alerts/alert_metrics.h"
#include "alerts/alerts_repository.h"
#include "pitview/async/task_group.h"
#include "pitview/live/hub.h"

namespace pitview::alerts {

class AlertWriter {
 public:
  static constexpr std::size_t kMaxWaiting = 4096;

  struct Parts {
    AlertsRepository& alerts;
    live::Hub& hub;
    const Clock& clock;
    AlertMetrics& metrics;
  };
  AlertWriter(asio::any_io_executor executor, Parts parts);

  void start();
  // Writes what waits, for seconds at most: what is lost then is found again after the start.
  Awaitable<> stop();

  void add(WorkshopId workshop, AlertTransition transition);
  bool is_full() const noexcept { return waiting_.size() >= kMaxWaiting; }
  // From any thread.
  std::size_t waiting() const noexcept { return count_.load(); }

 private:
  struct Entry {
    WorkshopId workshop;
    AlertTransition transition;
  };
  struct Batch {
    WorkshopId workshop;
    std::vector<AlertTransition> transitions;
  };
  enum class Outcome { written, refused, failed };

  Awaitable<> run();
  Awaitable<> wait_for_work();
  Batch take_batch();
  Awaitable<> write(Batch batch);
  Awaitable<Outcome> write_until_answered(WorkshopId workshop, std::vector<AlertTransition> transitions);
  Awaitable<Outcome> try_to_write(WorkshopId workshop, const std::vector<AlertTransition>& transitions);
  void announce(std::vector<AlertNews> news);

  Parts parts_;
  TaskGroup tasks_;
  asio::steady_timer wake_;
  std::deque<Entry> waiting_;
  std::atomic<std::size_t> count_ = 0;  // of waiting_
  bool stopping_ = false;
};

// A changed alert, to whoever of its workshop may see it.
void announce(live::Hub& hub, AlertNews news);

}  // namespace pitview::alerts
