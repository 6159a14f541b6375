// The life of one alert: quiet, pending, open, and over again. Pure functions over a
// state; time is what they are told.
//
//   if (const auto change = observe(state, rule, 72.5, measured_at)) …
#pragma once

#include <chrono>
#include <optional>

#include "pitview/base/time.h"
#include "pitview/domain/alert_rule.h"

namespace pitview {

enum class AlertChange { raised, escalated, snooze_ended, resolved };

// How often one alert may be raised: what flaps is one nuisance, not a thousand alerts.
// Five at once, then one a minute; what goes over is raised when that is up, if it is
// still so.
class RaiseBudget {
 public:
  static constexpr int kAtOnce = 5;
  static constexpr std::chrono::minutes kEvery{1};

  bool take(Timestamp now) noexcept;

 private:
  int left_ = kAtOnce;
  Timestamp filled_at_{};
};

struct AlertState {
  // Pending.
  std::optional<Timestamp> outside_since{};  // without a break
  std::optional<Timestamp> critical_since{};
  Timestamp observed_at{};        // the newest observation
  std::optional<double> value{};  // what it was; empty: none yet
  bool held_back = false;         // it is time, but the budget is used up
  // Open.
  bool open = false;
  AlertSeverity severity = AlertSeverity::warning;
  Timestamp began_at{};   // what it is about
  Timestamp raised_at{};  // lasting later
  bool acknowledged = false;
  std::optional<Timestamp> snoozed_until{};

  RaiseBudget budget{};
};

// Between two readings further apart than this nobody knows what was: what was pending
// begins anew.
inline constexpr std::chrono::seconds kAlertGap{60};

// A value was measured. One that is no number, or not newer than the last, is none.
// Without readings nothing changes: an open alert stays open.
std::optional<AlertChange> observe(AlertState& state, const AlertRule& rule, double value, Timestamp at);

// It has not been there since `since`, or is there now (empty).
std::optional<AlertChange> observe_absence(AlertState& state, const AlertRule& rule, std::optional<Timestamp> since,
                                           Timestamp now);

// What comes with time alone: the end of a snooze, and an escalation because nobody has
// taken notice.
std::optional<AlertChange> pass_time(AlertState& state, const AlertRule& rule, Timestamp now);

// It is not watched any more. False: it was not open.
bool close(AlertState& state) noexcept;

}  // namespace pitview
