// By which rules a workshop is judged, and changing them.
#pragma once

#include <functional>

#include "alerts/alert_rules_repository.h"
#include "audit/actor.h"
#include "pitview/base/result.h"

namespace pitview::alerts {

struct TypedRule {
  AlertType type;
  AlertRule rule;
};

class AlertRuleService {
 public:
  struct Parts {
    AlertRulesRepository& rules;
    std::function<void()> changed;  // any thread
  };
  explicit AlertRuleService(Parts parts) : parts_(std::move(parts)) {}

  // What holds in that scope; the narrowest rule of each type.
  Awaitable<EffectiveRules> list(WorkshopId workshop, RuleScope scope);

  // These are the rules of that scope from now on, and types not among them are judged by the
  // wider ones. validation_failed: with fields `work_type`, `stage`, `rules[1].high`, …
  Awaitable<Result<EffectiveRules>> replace(audit::Actor actor, RuleScope scope, std::vector<TypedRule> rules);

 private:
  Parts parts_;
};

}  // namespace pitview::alerts
