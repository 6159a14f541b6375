// All alerts of all pits: readings and presence in, transitions out. No input or output,
// no clock of its own. One thread.
//
// Holds one state per watched pit and type, whatever comes in: readings of a pit that is
// not watched are nothing. The platform itself is pit 0.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "pitview/base/strong_id.h"
#include "pitview/domain/air.h"
#include "pitview/domain/alert_state.h"

namespace pitview {

// Why an alert is over.
enum class AlertEnd { back_to_normal, rule_disabled, not_watched };

struct AlertTransition {
  PitId pit;  // 0: the platform
  AlertType type;
  AlertChange change;
  AlertSeverity severity;
  Timestamp at;
  std::optional<double> value{};            // with raised and escalated, of what is measured
  std::string message{};                    // with raised and escalated
  AlertEnd end = AlertEnd::back_to_normal;  // with resolved
  bool unattended = false;                  // escalated because nobody has taken notice
};

// An alert that was raised before this engine began.
struct OpenAlert {
  PitId pit;
  AlertType type;
  AlertSeverity severity;
  Timestamp raised_at;
  bool acknowledged = false;
  std::optional<Timestamp> snoozed_until{};
  std::optional<double> value{};  // when it was raised
};

class AlertEngine {
 public:
  using Rules = std::shared_ptr<const AlertRules>;
  using OnTransition = std::function<void(AlertTransition)>;
  explicit AlertEngine(OnTransition on_transition) : on_transition_(std::move(on_transition)) {}

  // Watches the pit from now on, or judges it by other rules.
  void watch(PitId pit, Rules rules);
  // Maintenance, or no such pit any more: what is open is over.
  void unwatch(PitId pit, Timestamp now);
  bool watches(PitId pit) const { return pits_.contains(pit); }
  // For each watched pit: f(PitId). It may not watch or unwatch.
  template <class F>
  void for_each_pit(F&& f) const {
    for (const auto& [pit, watched] : pits_) f(pit);
  }

  // False: the pit is not watched, and the alert is nobody's.
  bool restore(const OpenAlert& alert);

  // A live reading: not a replayed one, not an old one (decision D16). What it does not say
  // changes nothing; neither does air quality of a low accuracy (decision D15).
  void reading(PitId pit, const Air& air, Timestamp at);
  void value(PitId pit, AlertType type, double value, Timestamp at);
  // A camera or device has not been there since `since`, or is there (empty).
  void absence(PitId pit, AlertType type, std::optional<Timestamp> since, Timestamp now);
  // There is nothing any more that the alert could be about.
  void forget(PitId pit, AlertType type, Timestamp now);

  // What people have made of an open alert. Nothing, when it is not the one that is open here.
  void handled(const OpenAlert& alert);

  // What comes with time alone; to be called every second or so.
  void pass_time(Timestamp now);

  std::size_t open() const noexcept { return open_; }
  // Alerts that were not raised at once because the same one had been raised too often.
  std::uint64_t held_back() const noexcept { return held_back_; }

 private:
  struct Pit {
    Rules rules;
    std::array<AlertState, kAlertTypes> states{};
  };

  void judge(PitId id, Pit& pit, AlertType type, std::optional<double> value, Timestamp at);
  void end(PitId id, Pit& pit, AlertType type, AlertEnd why, Timestamp now);
  void tell(PitId id, Pit& pit, AlertType type, std::optional<AlertChange> change, std::optional<double> value,
            Timestamp at, bool unattended = false);

  OnTransition on_transition_;
  std::unordered_map<PitId, Pit> pits_;
  std::size_t open_ = 0;
  std::uint64_t held_back_ = 0;
};

}  // namespace pitview
