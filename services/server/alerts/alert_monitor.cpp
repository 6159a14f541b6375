#include "alerts/alert_monitor.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::alerts {
namespace {

constexpr std::chrono::seconds kRefreshEvery{5};
constexpr std::chrono::seconds kMachineEvery{10};
// What was measured earlier is no live reading, even if the device did not mark it as replayed:
// it waited in the broker while the server was away.
constexpr std::chrono::minutes kFresh{5};

constexpr PitId kNoPit{};  // the platform itself

AlertEngine::Rules rules_of(const EffectiveRules& effective) {
  auto rules = std::make_shared<AlertRules>();
  for (std::size_t i = 0; i < kAlertTypes; ++i) (*rules)[i] = effective[i].rule;
  return rules;
}

// The rules for each scope of a workshop are made once and shared by its pits.
class RuleBook {
 public:
  explicit RuleBook(const std::vector<ScopedRule>& rows) {
    for (std::size_t begin = 0; begin < rows.size();) {
      std::size_t end = begin;
      while (end < rows.size() && rows[end].workshop == rows[begin].workshop) ++end;
      rows_.emplace(rows[begin].workshop, std::span(rows).subspan(begin, end - begin));
      begin = end;
    }
  }

  AlertEngine::Rules rules_for(const WatchedPit& pit) {
    const auto rows = rows_.find(pit.workshop);
    if (rows == rows_.end()) return standard_;
    AlertEngine::Rules& rules = made_[{pit.workshop, pit.work_type, pit.stage}];
    if (!rules) rules = rules_of(effective_rules(rows->second, {pit.work_type, pit.stage}));
    return rules;
  }

 private:
  AlertEngine::Rules standard_ = std::make_shared<AlertRules>(standard_alert_rules());
  std::map<WorkshopId, std::span<const ScopedRule>> rows_;
  std::map<std::tuple<WorkshopId, std::string, std::string>, AlertEngine::Rules> made_;
};

}  // namespace

AlertMonitor::AlertMonitor(asio::any_io_executor executor, Parts parts)
    : parts_(std::move(parts)),
      executor_(executor),
      engine_([this](AlertTransition transition) { take(std::move(transition)); }),
      tasks_(executor),
      refresh_(executor) {}

Awaitable<> AlertMonitor::load() {
  const std::vector<StoredOpenAlert> open = co_await read_places();
  for (const StoredOpenAlert& stored : open) {
    if (engine_.restore(stored.alert)) continue;
    // Its pit is in maintenance, or gone.
    AlertTransition over{.pit = stored.alert.pit,
                         .type = stored.alert.type,
                         .change = AlertChange::resolved,
                         .severity = stored.alert.severity,
                         .at = parts_.clock.now(),
                         .end = AlertEnd::not_watched};
    parts_.writer.add(stored.workshop, std::move(over));
  }
  open_ = engine_.open();
  log::info("alerts_loaded", {{"open", engine_.open()}, {"pits", places_.size()}});
}

void AlertMonitor::start() {
  tasks_.spawn("alert_places", keep_fresh());
  tasks_.spawn("alert_watch", watch());
}

Awaitable<> AlertMonitor::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

// And the open alerts, as they are in the database.
Awaitable<std::vector<StoredOpenAlert>> AlertMonitor::read_places() {
  const std::vector<ScopedRule> rules = co_await parts_.rules.list_all();
  const std::vector<WatchedPit> pits = co_await parts_.alerts.watched_pits();
  std::vector<StoredOpenAlert> open = co_await parts_.alerts.open_alerts();
  take_places(pits, rules);
  co_return open;
}

void AlertMonitor::take_places(const std::vector<WatchedPit>& pits, const std::vector<ScopedRule>& rules) {
  const Timestamp now = parts_.clock.now();
  RuleBook book(rules);
  std::unordered_map<PitId, WatchedPlace> places;
  places.reserve(pits.size() + 1);
  for (const WatchedPit& pit : pits) {
    const auto known = places_.find(pit.pit);
    WatchedPlace place = known == places_.end() ? WatchedPlace{.watched_since = now} : known->second;
    place.workshop = pit.workshop;
    place.has_camera = pit.has_camera;
    place.device_seen = pit.device_seen;
    places.emplace(pit.pit, place);
    engine_.watch(pit.pit, book.rules_for(pit));
  }
  places.emplace(kNoPit, WatchedPlace{.workshop = kPlatform});
  engine_.watch(kNoPit, std::make_shared<AlertRules>(standard_alert_rules()));
  for (const auto& [pit, place] : places_)
    if (!places.contains(pit)) engine_.unwatch(pit, now);  // take() still finds its workshop
  places_ = std::move(places);
}

Awaitable<> AlertMonitor::keep_fresh() {
  while (true) {
    co_await wait_for_refresh();
    try {
      for (const StoredOpenAlert& stored : co_await read_places()) engine_.handled(stored.alert);
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      log::warning("alert_places_are_old", {{"reason", e.what()}});
    } catch (const std::exception& e) {
      log::warning("alert_places_are_old", {{"reason", e.what()}});
    }
  }
}

Awaitable<> AlertMonitor::wait_for_refresh() {
  if (!std::exchange(refresh_due_, false)) {
    refresh_.expires_after(kRefreshEvery);
    error_code ignored;
    co_await refresh_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    refresh_due_ = false;
  }
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

void AlertMonitor::changed() {
  asio::post(executor_, [this] {
    refresh_due_ = true;
    refresh_.cancel();
  });
}

void AlertMonitor::camera(PitId pit, std::optional<bool> online) {
  asio::post(executor_, [this, pit, online] {
    if (!online) {
      cameras_.erase(pit);
      engine_.forget(pit, AlertType::camera_offline, parts_.clock.now());
      return;
    }
    const auto [camera, is_new] = cameras_.try_emplace(pit, WatchedCamera{*online, parts_.clock.now()});
    if (!is_new && camera->second.online != *online) camera->second = {*online, parts_.clock.now()};
  });
}

void AlertMonitor::shown(const telemetry::Reading& reading) {
  const Timestamp now = parts_.clock.now();
  if (now - reading.timestamp > kFresh) return;
  if (parts_.writer.is_full()) return parts_.metrics.not_judged();
  const Air air{.temperature_c = reading.temperature,
                .humidity_rh = reading.humidity,
                .pressure_hpa = reading.pressure,
                .aqi = reading.aqi,
                .iaq_accuracy = reading.iaq_accuracy};
  engine_.reading(reading.pit_id, air, std::min(reading.timestamp, now));
}

Awaitable<> AlertMonitor::watch() {
  while (true) {
    co_await sleep_for(parts_.look_every);
    const Timestamp now = parts_.clock.now();
    if (!parts_.writer.is_full()) look(now);
    open_ = engine_.open();
    held_back_ = engine_.held_back();
  }
}

void AlertMonitor::look(Timestamp now) {
  if (!parts_.hears()) {
    hears_since_.reset();
  } else if (!hears_since_) {
    hears_since_ = now;
  }
  look_at_devices(now);
  look_at_cameras(now);
  if (now >= machine_due_) {
    machine_due_ = now + kMachineEvery;
    look_at_machine(now);
  }
  engine_.pass_time(now);
}

void AlertMonitor::look_at_devices(Timestamp now) {
  ++looks_;
  parts_.directory.for_each([&](const telemetry::Device& device) {
    if (!device.pit || licence_refusal(device.licence, now)) return;
    const auto place = places_.find(*device.pit);
    if (place == places_.end()) return;
    place->second.looked_at = looks_;
    look_at(device, place->second, now);
  });
  for (const auto& [pit, place] : places_)
    if (place.looked_at != looks_) forget_device(pit, now);
}

// Silence counts from the last sign of life, but not from before we listened, and not at
// all of a device that has yet to be heard at this pit: it is being installed.
void AlertMonitor::look_at(const telemetry::Device& device, WatchedPlace& place, Timestamp now) {
  const PitId pit = *device.pit;
  if (device.heard_at != place.heard_at) {
    place.heard_at = device.heard_at;
    return engine_.absence(pit, AlertType::device_offline, std::nullopt, now);
  }
  const bool was_here = place.device_seen || device.heard_at >= device.assigned_at;
  if (!was_here) return engine_.forget(pit, AlertType::device_offline, now);
  if (!hears_since_) return;
  const Timestamp since = std::max({device.heard_at, *hears_since_, device.assigned_at, place.watched_since});
  engine_.absence(pit, AlertType::device_offline, since, now);
}

// Without a device that may speak nobody could tell when the air is good again.
void AlertMonitor::forget_device(PitId pit, Timestamp now) {
  for (const AlertType type : {AlertType::device_offline, AlertType::high_aqi, AlertType::temp_out_of_range,
                               AlertType::humidity_out_of_range, AlertType::dew_point_margin})
    engine_.forget(pit, type, now);
}

void AlertMonitor::look_at_cameras(Timestamp now) {
  for (auto& [pit, place] : places_) {
    const auto camera = cameras_.find(pit);
    if (!place.has_camera) {
      engine_.forget(pit, AlertType::camera_offline, now);
    } else if (camera != cameras_.end() && camera->second.online) {
      engine_.absence(pit, AlertType::camera_offline, std::nullopt, now);
    } else if (camera != cameras_.end()) {
      engine_.absence(pit, AlertType::camera_offline, std::max(camera->second.since, place.watched_since), now);
    }
  }
}

void AlertMonitor::look_at_machine(Timestamp now) {
  const MachineLoad load = machine_.look();
  if (load.cpu_percent) engine_.value(kNoPit, AlertType::server_cpu, *load.cpu_percent, now);
  if (load.disk_percent) engine_.value(kNoPit, AlertType::disk_space, *load.disk_percent, now);
}

void AlertMonitor::take(AlertTransition transition) {
  const auto place = places_.find(transition.pit);
  if (place != places_.end()) parts_.writer.add(place->second.workshop, std::move(transition));
}

}  // namespace pitview::alerts
