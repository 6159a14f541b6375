#include "pitview/domain/alert_engine.h"

#include <algorithm>

#include "pitview/domain/alert_message.h"
#include "pitview/domain/dew_point.h"

namespace pitview {
namespace {

// Below it the sensor is still learning (decision D15).
constexpr int kTrustedAccuracy = 2;

std::size_t index_of(AlertType type) { return static_cast<std::size_t>(type); }

std::optional<double> trusted_aqi(const Air& air) {
  if (!air.aqi || (air.iaq_accuracy && *air.iaq_accuracy < kTrustedAccuracy)) return std::nullopt;
  return *air.aqi;
}

std::optional<double> dew_point_margin(const Air& air) {
  if (!air.temperature_c || !air.humidity_rh) return std::nullopt;
  return dew_point_margin_c(*air.temperature_c, *air.humidity_rh);
}

}  // namespace

void AlertEngine::watch(PitId pit, Rules rules) { pits_[pit].rules = std::move(rules); }

void AlertEngine::unwatch(PitId id, Timestamp now) {
  const auto found = pits_.find(id);
  if (found == pits_.end()) return;
  for (const AlertType type : all_alert_types()) end(id, found->second, type, AlertEnd::not_watched, now);
  pits_.erase(found);
}

bool AlertEngine::restore(const OpenAlert& alert) {
  const auto found = pits_.find(alert.pit);
  if (found == pits_.end()) return false;
  AlertState& state = found->second.states[index_of(alert.type)];
  if (state.open) return true;
  state.open = true;
  state.severity = alert.severity;
  state.began_at = state.raised_at = alert.raised_at;
  state.acknowledged = alert.acknowledged;
  state.snoozed_until = alert.snoozed_until;
  state.value = alert.value;
  ++open_;
  return true;
}

void AlertEngine::reading(PitId id, const Air& air, Timestamp at) {
  const auto found = pits_.find(id);
  if (found == pits_.end()) return;
  Pit& pit = found->second;
  judge(id, pit, AlertType::high_aqi, trusted_aqi(air), at);
  judge(id, pit, AlertType::temp_out_of_range, air.temperature_c, at);
  judge(id, pit, AlertType::humidity_out_of_range, air.humidity_rh, at);
  judge(id, pit, AlertType::dew_point_margin, dew_point_margin(air), at);
}

void AlertEngine::value(PitId id, AlertType type, double value, Timestamp at) {
  const auto found = pits_.find(id);
  if (found != pits_.end()) judge(id, found->second, type, value, at);
}

void AlertEngine::judge(PitId id, Pit& pit, AlertType type, std::optional<double> value, Timestamp at) {
  const AlertRule& rule = (*pit.rules)[index_of(type)];
  if (!value || !rule.enabled) return;
  AlertState& state = pit.states[index_of(type)];
  const bool was_held_back = state.held_back;
  const auto change = observe(state, rule, *value, at);
  if (state.held_back && !was_held_back) ++held_back_;
  tell(id, pit, type, change, value, at);
}

void AlertEngine::absence(PitId id, AlertType type, std::optional<Timestamp> since, Timestamp now) {
  const auto found = pits_.find(id);
  if (found == pits_.end()) return;
  Pit& pit = found->second;
  const AlertRule& rule = (*pit.rules)[index_of(type)];
  if (!rule.enabled) return;
  AlertState& state = pit.states[index_of(type)];
  const bool was_held_back = state.held_back;
  const auto change = observe_absence(state, rule, since, now);
  if (state.held_back && !was_held_back) ++held_back_;
  tell(id, pit, type, change, std::nullopt, now);
}

void AlertEngine::forget(PitId id, AlertType type, Timestamp now) {
  const auto found = pits_.find(id);
  if (found != pits_.end()) end(id, found->second, type, AlertEnd::not_watched, now);
}

void AlertEngine::handled(const OpenAlert& alert) {
  const auto found = pits_.find(alert.pit);
  if (found == pits_.end()) return;
  AlertState& state = found->second.states[index_of(alert.type)];
  if (!state.open || state.raised_at != alert.raised_at) return;
  state.severity = alert.severity;
  state.acknowledged = alert.acknowledged;
  state.snoozed_until = alert.snoozed_until;
}

void AlertEngine::pass_time(Timestamp now) {
  for (auto& [id, pit] : pits_) {
    for (const AlertType type : all_alert_types()) {
      AlertState& state = pit.states[index_of(type)];
      const AlertRule& rule = (*pit.rules)[index_of(type)];
      if (!rule.enabled) {
        end(id, pit, type, AlertEnd::rule_disabled, now);
      } else if (state.open) {
        tell(id, pit, type, pitview::pass_time(state, rule, now), state.value, now, true);
      }
    }
  }
}

void AlertEngine::end(PitId id, Pit& pit, AlertType type, AlertEnd why, Timestamp now) {
  AlertState& state = pit.states[index_of(type)];
  if (!close(state)) return;
  --open_;
  on_transition_(
      {.pit = id, .type = type, .change = AlertChange::resolved, .severity = state.severity, .at = now, .end = why});
}

void AlertEngine::tell(PitId id, Pit& pit, AlertType type, std::optional<AlertChange> change,
                       std::optional<double> value, Timestamp at, bool unattended) {
  if (!change) return;
  const AlertState& state = pit.states[index_of(type)];
  if (*change == AlertChange::raised) ++open_;
  if (*change == AlertChange::resolved) --open_;
  AlertTransition transition{.pit = id, .type = type, .change = *change, .severity = state.severity, .at = at};
  if (*change == AlertChange::raised || *change == AlertChange::escalated) {
    const AlertRule& rule = (*pit.rules)[index_of(type)];
    const auto lasting = std::chrono::floor<std::chrono::seconds>(at - state.began_at);
    transition.value = value;
    transition.message = alert_message(type, rule, state.severity, value, std::max(lasting, std::chrono::seconds(0)));
    transition.unattended = unattended;
  }
  on_transition_(std::move(transition));
}

}  // namespace pitview
