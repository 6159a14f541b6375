#include "alerts/alert_writer.h"

#include "messages/outbox.h"
#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::alerts {
namespace {

constexpr std::size_t kBatch = 200;
constexpr std::chrono::seconds kRetry{1};
constexpr std::chrono::seconds kFlushLimit{2};

// A value or constraint (SQLSTATE classes 22 and 23): it would be refused again. Anything else,
// a table that is not there or a right that is missing, may be mended.
bool is_about_data(const postgres::QueryFailed& e) {
  return e.sqlstate().starts_with("22") || e.sqlstate().starts_with("23");
}

AlertEventKind kind_of(AlertChange change) {
  switch (change) {
    case AlertChange::raised: return AlertEventKind::raised;
    case AlertChange::escalated: return AlertEventKind::escalated;
    case AlertChange::snooze_ended: return AlertEventKind::snooze_ended;
    case AlertChange::resolved: return AlertEventKind::resolved;
  }
  return AlertEventKind::raised;
}

// What of it reaches people who have no page open (plan §13.2): bad air, a camera that is away, the platform's own; and
// whatever nobody has taken notice of.
bool is_for_owners(const AlertTransition& transition) {
  if (transition.change != AlertChange::raised && transition.change != AlertChange::escalated) return false;
  switch (transition.type) {
    case AlertType::high_aqi:
    case AlertType::camera_offline:
    case AlertType::server_cpu:
    case AlertType::disk_space: return true;
    case AlertType::temp_out_of_range:
    case AlertType::humidity_out_of_range:
    case AlertType::dew_point_margin:
    case AlertType::device_offline: break;
  }
  return transition.unattended;
}

Awaitable<> tell_owners(postgres::Transaction& tx, AlertId alert, const AlertTransition& transition, Timestamp now) {
  constexpr std::chrono::minutes kMayPass{1};  // what is over by then wakes nobody
  constexpr std::chrono::hours kOld{1};
  if (!is_for_owners(transition)) co_return;
  co_await messages::Outbox::put_alert(tx,
                                       {.alert = alert.value,
                                        .is_critical = transition.severity == AlertSeverity::critical,
                                        .due = transition.at + kMayPass,
                                        .pointless = transition.at + kOld},
                                       now);
}

}  // namespace

void announce(live::Hub& hub, AlertNews news) {
  const PitId pit = news.pit_id.value_or(PitId());
  hub.publish({"alert", news.workshop_id, pit, {}, {}, json::write(news)});
}

AlertWriter::AlertWriter(asio::any_io_executor executor, Parts parts)
    : parts_(parts), tasks_(executor), wake_(executor) {}

void AlertWriter::start() { tasks_.spawn("alert_writer", run()); }

Awaitable<> AlertWriter::stop() {
  stopping_ = true;
  wake_.cancel();
  co_await with_deadline(kFlushLimit, tasks_.join());
  tasks_.cancel();
  co_await tasks_.join();
}

void AlertWriter::add(WorkshopId workshop, AlertTransition transition) {
  waiting_.push_back({workshop, std::move(transition)});
  count_ = waiting_.size();
  if (waiting_.size() == 1) wake_.cancel();
}

Awaitable<> AlertWriter::run() {
  while (true) {
    co_await wait_for_work();
    if (waiting_.empty()) co_return;
    co_await write(take_batch());
  }
}

// Until there is something, or nothing more is to come.
Awaitable<> AlertWriter::wait_for_work() {
  while (waiting_.empty() && !stopping_) {
    error_code ignored;
    wake_.expires_at(asio::steady_timer::time_point::max());
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
}

// The oldest of the workshop that has waited longest: one transaction sees one workshop.
AlertWriter::Batch AlertWriter::take_batch() {
  Batch batch{waiting_.front().workshop, {}};
  std::deque<Entry> others;
  for (Entry& entry : waiting_) {
    if (entry.workshop == batch.workshop && batch.transitions.size() < kBatch) {
      batch.transitions.push_back(std::move(entry.transition));
    } else {
      others.push_back(std::move(entry));
    }
  }
  waiting_ = std::move(others);
  count_ = waiting_.size();
  return batch;
}

// When the database refuses the batch, each alone: one must not take the others with it.
Awaitable<> AlertWriter::write(Batch batch) {
  if (co_await write_until_answered(batch.workshop, batch.transitions) != Outcome::refused) co_return;
  for (const AlertTransition& transition : batch.transitions)
    if (co_await write_until_answered(batch.workshop, {transition}) == Outcome::refused) parts_.metrics.refused();
}

// Failed: it is time to stop.
Awaitable<AlertWriter::Outcome> AlertWriter::write_until_answered(WorkshopId workshop,
                                                                  std::vector<AlertTransition> transitions) {
  while (true) {
    const Outcome outcome = co_await try_to_write(workshop, transitions);
    if (outcome != Outcome::failed || stopping_) co_return outcome;
    co_await sleep_for(kRetry);
  }
}

Awaitable<AlertWriter::Outcome> AlertWriter::try_to_write(WorkshopId workshop,
                                                          const std::vector<AlertTransition>& transitions) {
  try {
    auto tx = co_await parts_.alerts.begin(workshop);
    std::vector<AlertNews> news;
    std::vector<const AlertTransition*> recorded;
    for (const AlertTransition& transition : transitions) {
      const auto id = co_await AlertsRepository::record(tx, workshop, transition);
      if (!id) continue;
      co_await tell_owners(tx, *id, transition, parts_.clock.now());
      // Read now: a later one of this batch may change the same alert.
      AlertNews changed{co_await AlertsRepository::find(tx, *id, parts_.clock.now()), kind_of(transition.change)};
      news.push_back(std::move(changed));
      recorded.push_back(&transition);
    }
    co_await tx.commit();
    for (const AlertTransition* transition : recorded) parts_.metrics.recorded(transition->type, transition->change);
    announce(std::move(news));
    co_return Outcome::written;
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    log::warning("alerts_wait_for_database", {{"alerts", transitions.size()}, {"reason", e.what()}});
  } catch (const postgres::QueryFailed& e) {
    if (is_about_data(e)) {
      log::error("alerts_refused", {{"alerts", transitions.size()}, {"reason", e.what()}});
      co_return Outcome::refused;
    }
    log::warning("alerts_wait_for_database", {{"alerts", transitions.size()}, {"reason", e.what()}});
  } catch (const std::exception& e) {
    log::warning("alerts_wait_for_database", {{"alerts", transitions.size()}, {"reason", e.what()}});
  }
  co_return Outcome::failed;
}

void AlertWriter::announce(std::vector<AlertNews> news) {
  for (AlertNews& changed : news) {
    log::info("alert", {{"change", json::enum_name(changed.change)},
                        {"type", json::enum_name(changed.alert_type)},
                        {"severity", json::enum_name(changed.severity)},
                        {"workshop", changed.workshop_id},
                        {"pit", changed.pit_id.value_or(PitId())},
                        {"alert", changed.id.value}});
    alerts::announce(parts_.hub, std::move(changed));
  }
}

}  // namespace pitview::alerts
