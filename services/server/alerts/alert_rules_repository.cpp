#include "alerts/alert_rules_repository.h"

#include <array>

#include "alerts/alert_rows.h"

namespace pitview::alerts {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;
using std::chrono::seconds;

#define RULES                                                                                                     \
  "SELECT workshop_id, work_type, stage, alert_type, enabled, severity, low, high, critical_low, critical_high, " \
  "hysteresis, for_seconds, escalate_after_seconds FROM "

constexpr Statement kList{"list_alert_rules", RULES "alert_rules ORDER BY work_type, stage"};
constexpr Statement kListAll{"list_all_alert_rules", RULES "platform.alert_rules_of_all()"};

#undef RULES

constexpr Statement kLock{"lock_alert_rules", "SELECT 1 FROM workshops WHERE id = $1 FOR NO KEY UPDATE"};

constexpr Statement kFindScope{"find_alert_rule_scope", R"sql(
  SELECT t.name AS work_type, coalesce(s.name, '') AS stage
  FROM work_type_templates t
  LEFT JOIN template_stages s ON s.template_id = t.id AND lower(s.name) = lower($2) AND $2 <> ''
  WHERE lower(t.name) = lower($1) AND ($2 = '' OR s.name IS NOT NULL)
  ORDER BY s.position LIMIT 1)sql"};

constexpr Statement kClear{"clear_alert_rules", "DELETE FROM alert_rules WHERE work_type = $1 AND stage = $2"};

constexpr Statement kAdd{"add_alert_rule", R"sql(
  INSERT INTO alert_rules (workshop_id, work_type, stage, alert_type, enabled, severity, low, high, critical_low,
                           critical_high, hysteresis, for_seconds, escalate_after_seconds)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))sql"};

constexpr std::array kStatements = {kList, kListAll, kLock, kFindScope, kClear, kAdd};

std::vector<ScopedRule> rules_of(const Rows& rows) {
  std::vector<ScopedRule> rules;
  rules.reserve(static_cast<std::size_t>(rows.size()));
  for (const Row row : rows) {
    ScopedRule scoped{.workshop = row.get<WorkshopId>("workshop_id"),
                      .scope = {row.get<std::string>("work_type"), row.get<std::string>("stage")},
                      .type = enum_of<AlertType>(row, "alert_type"),
                      .rule = {.enabled = row.get<bool>("enabled"),
                               .severity = enum_of<AlertSeverity>(row, "severity"),
                               .low = row.get<std::optional<double>>("low"),
                               .high = row.get<std::optional<double>>("high"),
                               .critical_low = row.get<std::optional<double>>("critical_low"),
                               .critical_high = row.get<std::optional<double>>("critical_high"),
                               .hysteresis = row.get<double>("hysteresis"),
                               .lasting = seconds(row.get<int>("for_seconds"))}};
    if (const auto after = row.get<std::optional<int>>("escalate_after_seconds"))
      scoped.rule.escalates_after = seconds(*after);
    rules.push_back(std::move(scoped));
  }
  return rules;
}

// How narrow a rule for `row` is where `scope` holds; empty: it is for something else.
std::optional<AlertRuleSource> source_in(const RuleScope& row, const RuleScope& scope) {
  if (row.work_type.empty()) return AlertRuleSource::workshop;
  if (row.work_type != scope.work_type) return std::nullopt;
  if (row.stage.empty()) return AlertRuleSource::work_type;
  if (row.stage != scope.stage) return std::nullopt;
  return AlertRuleSource::stage;
}

}  // namespace

std::span<const Statement> alert_rule_statements() { return kStatements; }

EffectiveRules effective_rules(std::span<const ScopedRule> rows, const RuleScope& scope) {
  EffectiveRules effective;
  for (std::size_t i = 0; i < kAlertTypes; ++i) effective[i].rule = standard_alert_rules()[i];
  for (const ScopedRule& row : rows) {
    const auto source = source_in(row.scope, scope);
    EffectiveRule& known = effective[static_cast<std::size_t>(row.type)];
    if (source && *source > known.source) known = {row.rule, *source};
  }
  return effective;
}

Awaitable<std::vector<ScopedRule>> AlertRulesRepository::list(WorkshopId workshop) {
  co_return rules_of(co_await database_.here().read(workshop, kList));
}

Awaitable<std::vector<ScopedRule>> AlertRulesRepository::list_all() {
  co_return rules_of(co_await database_.here().read_platform(kListAll));
}

Awaitable<std::vector<ScopedRule>> AlertRulesRepository::lock(Transaction& tx, WorkshopId workshop) {
  co_await tx.query(kLock, workshop);
  co_return rules_of(co_await tx.query(kList));
}

Awaitable<std::optional<RuleScope>> AlertRulesRepository::find_scope(Transaction& tx, RuleScope scope) {
  if (scope.work_type.empty()) co_return RuleScope{};
  const auto row = (co_await tx.query(kFindScope, scope.work_type, scope.stage)).first();
  if (!row) co_return std::nullopt;
  co_return RuleScope{row->get<std::string>("work_type"), row->get<std::string>("stage")};
}

Awaitable<> AlertRulesRepository::replace(Transaction& tx, WorkshopId workshop, RuleScope scope,
                                          std::vector<ScopedRule> rules) {
  co_await tx.execute(kClear, scope.work_type, scope.stage);
  for (const ScopedRule& scoped : rules) {
    const AlertRule& rule = scoped.rule;
    std::optional<std::int64_t> escalates_after;
    if (rule.escalates_after) escalates_after = rule.escalates_after->count();
    co_await tx.execute(kAdd, workshop, scope.work_type, scope.stage, json::enum_name(scoped.type), rule.enabled,
                        json::enum_name(rule.severity), rule.low, rule.high, rule.critical_low, rule.critical_high,
                        rule.hysteresis, rule.lasting.count(), escalates_after);
  }
}

}  // namespace pitview::alerts
