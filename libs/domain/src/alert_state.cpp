#include "pitview/domain/alert_state.h"

#include <cmath>

namespace pitview {
namespace {

// Values good enough for an alert to end; with `margin` 0 those that begin none.
bool is_inside(const AlertRule& rule, double value, double margin) {
  return !(rule.low && value < *rule.low + margin) && !(rule.high && value > *rule.high - margin);
}

bool is_critical(const AlertRule& rule, double value) {
  return (rule.critical_low && value < *rule.critical_low) || (rule.critical_high && value > *rule.critical_high);
}

std::optional<AlertChange> raise(AlertState& state, AlertSeverity severity, Timestamp began_at, Timestamp at) {
  if (!state.budget.take(at)) {
    state.held_back = true;
    return std::nullopt;
  }
  state.held_back = false;
  state.open = true;
  state.severity = severity;
  state.began_at = began_at;
  state.raised_at = at;
  state.acknowledged = false;
  state.snoozed_until.reset();
  return AlertChange::raised;
}

// Who took notice of a warning has not taken notice of what it has become.
AlertChange escalate(AlertState& state) {
  state.severity = AlertSeverity::critical;
  state.acknowledged = false;
  state.snoozed_until.reset();
  return AlertChange::escalated;
}

}  // namespace

bool RaiseBudget::take(Timestamp now) noexcept {
  const auto periods = (now - filled_at_) / kEvery;
  if (filled_at_ == Timestamp{} || periods >= kAtOnce - left_) {
    left_ = kAtOnce;
    filled_at_ = now;
  } else if (periods > 0) {
    left_ += static_cast<int>(periods);
    filled_at_ += periods * kEvery;
  }
  if (left_ == 0) return false;
  --left_;
  return true;
}

bool close(AlertState& state) noexcept {
  const bool was_open = state.open;
  state.open = false;
  state.held_back = false;
  state.outside_since.reset();
  state.critical_since.reset();
  return was_open;
}

std::optional<AlertChange> observe(AlertState& state, const AlertRule& rule, double value, Timestamp at) {
  if (!std::isfinite(value) || at <= state.observed_at) return std::nullopt;
  const bool is_after_gap = at - state.observed_at > kAlertGap;
  state.observed_at = at;
  state.value = value;
  if (is_inside(rule, value, state.open ? rule.hysteresis : 0))
    return close(state) ? std::optional(AlertChange::resolved) : std::nullopt;

  if (!state.outside_since || is_after_gap) state.outside_since = at;
  if (!is_critical(rule, value)) {
    state.critical_since.reset();
  } else if (!state.critical_since || is_after_gap) {
    state.critical_since = at;
  }
  const bool critical = state.critical_since && at - *state.critical_since >= rule.lasting;
  if (state.open) {
    if (critical && state.severity != AlertSeverity::critical) return escalate(state);
    return std::nullopt;
  }
  if (at - *state.outside_since < rule.lasting) return std::nullopt;
  return raise(state, critical ? AlertSeverity::critical : rule.severity, *state.outside_since, at);
}

std::optional<AlertChange> observe_absence(AlertState& state, const AlertRule& rule, std::optional<Timestamp> since,
                                           Timestamp now) {
  if (!since) return close(state) ? std::optional(AlertChange::resolved) : std::nullopt;
  if (state.open || now - *since < rule.lasting) return std::nullopt;
  return raise(state, rule.severity, *since, now);
}

std::optional<AlertChange> pass_time(AlertState& state, const AlertRule& rule, Timestamp now) {
  if (!state.open) return std::nullopt;
  if (state.snoozed_until) {
    if (*state.snoozed_until > now) return std::nullopt;
    state.snoozed_until.reset();
    return AlertChange::snooze_ended;
  }
  const bool is_due = rule.escalates_after && now - state.raised_at >= *rule.escalates_after;
  if (is_due && !state.acknowledged && state.severity != AlertSeverity::critical) return escalate(state);
  return std::nullopt;
}

}  // namespace pitview
