#include "alerts/alert_rule_service.h"

#include <algorithm>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "pitview/json/write.h"

namespace pitview::alerts {

// A rule as the audit log keeps it.
struct AuditableRule {
  AlertType alert_type;
  bool enabled;
  AlertSeverity severity;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> critical_low;
  std::optional<double> critical_high;
  double hysteresis;
  std::int64_t for_seconds;
  std::optional<std::int64_t> escalate_after_seconds;
};
BOOST_DESCRIBE_STRUCT(AuditableRule, (),
                      (alert_type, enabled, severity, low, high, critical_low, critical_high, hysteresis, for_seconds,
                       escalate_after_seconds))

struct AuditableScope {
  std::string work_type;
  std::string stage;
  std::vector<AuditableRule> rules;
};
BOOST_DESCRIBE_STRUCT(AuditableScope, (), (work_type, stage, rules))

namespace {

std::string auditable(const std::vector<ScopedRule>& rows, const RuleScope& scope) {
  AuditableScope kept{scope.work_type, scope.stage, {}};
  for (const ScopedRule& row : rows) {
    if (row.scope != scope) continue;
    const AlertRule& rule = row.rule;
    AuditableRule entry{
        row.type,           rule.enabled,    rule.severity,        rule.low,    rule.high, rule.critical_low,
        rule.critical_high, rule.hysteresis, rule.lasting.count(), std::nullopt};
    if (rule.escalates_after) entry.escalate_after_seconds = rule.escalates_after->count();
    kept.rules.push_back(entry);
  }
  return json::write(kept);
}

// Every fault with its path.
std::vector<FieldProblem> faults_of(const std::vector<TypedRule>& rules) {
  std::vector<FieldProblem> faults;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string path = "rules[" + std::to_string(i) + "].";
    const AlertType type = rules[i].type;
    const auto same = std::find_if(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(i),
                                   [type](const TypedRule& earlier) { return earlier.type == type; });
    if (is_of_platform(type)) {
      faults.push_back({path + "alert_type", "is of the platform, no workshop has rules for it"});
    } else if (same != rules.begin() + static_cast<std::ptrdiff_t>(i)) {
      faults.push_back({path + "alert_type", "is there already"});
    }
    for (FieldProblem& fault : pitview::faults_of(type, rules[i].rule))
      faults.push_back({path + fault.field, std::move(fault.message)});
  }
  return faults;
}

}  // namespace

Awaitable<EffectiveRules> AlertRuleService::list(WorkshopId workshop, RuleScope scope) {
  const std::vector<ScopedRule> rows = co_await parts_.rules.list(workshop);
  co_return effective_rules(rows, scope);
}

Awaitable<Result<EffectiveRules>> AlertRuleService::replace(audit::Actor actor, RuleScope asked,
                                                            std::vector<TypedRule> rules) {
  if (std::vector<FieldProblem> faults = faults_of(rules); !faults.empty())
    co_return Error{Errc::validation_failed, "The request has a fault.", std::move(faults), 0};
  if (asked.work_type.empty() && !asked.stage.empty()) co_return api::invalid("work_type", "is required with a stage");

  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.rules.begin(workshop);
  const auto scope = co_await AlertRulesRepository::find_scope(tx, asked);
  if (!scope && asked.stage.empty()) co_return api::invalid("work_type", "is no work type of this workshop");
  if (!scope) co_return api::invalid("stage", "is no stage of a work type of this workshop");
  std::vector<ScopedRule> rows = co_await AlertRulesRepository::lock(tx, workshop);
  const std::string before = auditable(rows, *scope);
  std::erase_if(rows, [&](const ScopedRule& row) { return row.scope == *scope; });
  std::vector<ScopedRule> fresh;
  for (const TypedRule& typed : rules) fresh.push_back({workshop, *scope, typed.type, typed.rule});
  rows.insert(rows.end(), fresh.begin(), fresh.end());
  co_await AlertRulesRepository::replace(tx, workshop, *scope, std::move(fresh));
  audit::Entry entry{.action = "alert_rules.replace",
                     .subject = "workshop",
                     .subject_id = workshop.value,
                     .before = before,
                     .after = auditable(rows, *scope)};
  co_await audit::record(tx, workshop, std::move(actor), std::move(entry));
  co_await tx.commit();
  parts_.changed();
  co_return effective_rules(rows, *scope);
}

}  // namespace pitview::alerts
