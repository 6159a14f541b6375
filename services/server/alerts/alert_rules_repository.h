// Where workshops judge otherwise than the standard rules.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "alerts/alert.h"
#include "app/database.h"

namespace pitview::alerts {

// What a rule is for: all work ("", ""), a kind of work, or one stage of it.
struct RuleScope {
  std::string work_type;
  std::string stage;
  friend bool operator==(const RuleScope&, const RuleScope&) = default;
};

// A row of alert_rules.
struct ScopedRule {
  WorkshopId workshop;
  RuleScope scope;
  AlertType type;
  AlertRule rule;
};

BOOST_DEFINE_ENUM_CLASS(AlertRuleSource, standard, workshop, work_type, stage)

struct EffectiveRule {
  AlertRule rule;
  AlertRuleSource source = AlertRuleSource::standard;
};
using EffectiveRules = std::array<EffectiveRule, kAlertTypes>;

// The rules that hold in `scope`, from the rows of one workshop: the narrowest of each type.
EffectiveRules effective_rules(std::span<const ScopedRule> rows, const RuleScope& scope);

class AlertRulesRepository {
 public:
  explicit AlertRulesRepository(app::Database& database) : database_(database) {}

  auto begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  Awaitable<std::vector<ScopedRule>> list(WorkshopId workshop);
  // Of all workshops, each workshop's together.
  Awaitable<std::vector<ScopedRule>> list_all();

  // Locks out others who change rules of that workshop, then reads them.
  static Awaitable<std::vector<ScopedRule>> lock(postgres::Transaction& tx, WorkshopId workshop);
  // As templates write it; empty: there is no such work type, or it has no such stage.
  static Awaitable<std::optional<RuleScope>> find_scope(postgres::Transaction& tx, RuleScope scope);
  // These take the place of all rules of that scope.
  static Awaitable<> replace(postgres::Transaction& tx, WorkshopId workshop, RuleScope scope,
                             std::vector<ScopedRule> rules);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> alert_rule_statements();

}  // namespace pitview::alerts
