#include <algorithm>

#include "alerts/alert_endpoints.h"
#include "pitview/json/types.h"

namespace pitview::alerts {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct AlertRuleQuery {
  std::optional<json::Text<1, 80>> work_type;
  std::optional<json::Text<1, 80>> stage;
};
BOOST_DESCRIBE_STRUCT(AlertRuleQuery, (), (work_type, stage))

// A rule that holds, and whose it is.
struct AlertRuleSetting {
  AlertType alert_type = AlertType::high_aqi;
  AlertRuleSource source = AlertRuleSource::standard;
  std::string unit;
  bool enabled = true;
  AlertSeverity severity = AlertSeverity::warning;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> critical_low;
  std::optional<double> critical_high;
  double hysteresis = 0;
  std::int64_t for_seconds = 0;
  std::optional<std::int64_t> escalate_after_seconds;
};
BOOST_DESCRIBE_STRUCT(AlertRuleSetting, (),
                      (alert_type, source, unit, enabled, severity, low, high, critical_low, critical_high, hysteresis,
                       for_seconds, escalate_after_seconds))

struct AlertRuleChange {
  AlertType alert_type = AlertType::high_aqi;
  bool enabled = true;
  AlertSeverity severity = AlertSeverity::warning;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> critical_low;
  std::optional<double> critical_high;
  std::optional<double> hysteresis;
  std::int64_t for_seconds = 0;
  std::optional<std::int64_t> escalate_after_seconds;
};
BOOST_DESCRIBE_STRUCT(AlertRuleChange, (),
                      (alert_type, enabled, severity, low, high, critical_low, critical_high, hysteresis, for_seconds,
                       escalate_after_seconds))

struct AlertRulesChange {
  std::optional<json::Text<1, 80>> work_type;
  std::optional<json::Text<1, 80>> stage;
  std::vector<AlertRuleChange> rules;
};
BOOST_DESCRIBE_STRUCT(AlertRulesChange, (), (work_type, stage, rules))

namespace {

using Settings = std::vector<AlertRuleSetting>;
using Name = std::optional<json::Text<1, 80>>;

// Far more than any rule may say, and far less than what overflows.
constexpr std::int64_t kMostSeconds = 1'000'000'000;

std::chrono::seconds seconds_of(std::int64_t count) {
  return std::chrono::seconds(std::clamp(count, -kMostSeconds, kMostSeconds));
}

RuleScope scope_of(const Name& work_type, const Name& stage) {
  return {work_type ? work_type->value : "", stage ? stage->value : ""};
}

Settings settings_of(const EffectiveRules& rules) {
  Settings settings;
  for (const AlertType type : all_alert_types()) {
    if (is_of_platform(type)) continue;
    const auto& [rule, source] = rules[static_cast<std::size_t>(type)];
    const AlertQuantity* quantity = quantity_of(type);
    AlertRuleSetting setting{.alert_type = type,
                             .source = source,
                             .unit = quantity == nullptr ? "" : std::string(quantity->unit),
                             .enabled = rule.enabled,
                             .severity = rule.severity,
                             .low = rule.low,
                             .high = rule.high,
                             .critical_low = rule.critical_low,
                             .critical_high = rule.critical_high,
                             .hysteresis = rule.hysteresis,
                             .for_seconds = rule.lasting.count()};
    if (rule.escalates_after) setting.escalate_after_seconds = rule.escalates_after->count();
    settings.push_back(std::move(setting));
  }
  return settings;
}

TypedRule rule_of(const AlertRuleChange& change) {
  TypedRule typed{change.alert_type,
                  {.enabled = change.enabled,
                   .severity = change.severity,
                   .low = change.low,
                   .high = change.high,
                   .critical_low = change.critical_low,
                   .critical_high = change.critical_high,
                   .hysteresis = change.hysteresis.value_or(0),
                   .lasting = seconds_of(change.for_seconds)}};
  if (change.escalate_after_seconds) typed.rule.escalates_after = seconds_of(*change.escalate_after_seconds);
  return typed;
}

class AlertRuleEndpoints {
 public:
  explicit AlertRuleEndpoints(AlertRuleService& service) : service_(service) {}

  Awaitable<Result<Settings>> list(Caller& caller, AlertRuleQuery query) {
    co_return settings_of(co_await service_.list(caller.principal.workshop, scope_of(query.work_type, query.stage)));
  }

  Awaitable<Result<Settings>> replace(Caller& caller, AlertRulesChange body) {
    std::vector<TypedRule> rules;
    for (const AlertRuleChange& change : body.rules) rules.push_back(rule_of(change));
    const Result<EffectiveRules> replaced =
        co_await service_.replace(audit::actor_of(caller), scope_of(body.work_type, body.stage), std::move(rules));
    if (!replaced) co_return replaced.error();
    co_return settings_of(*replaced);
  }

 private:
  AlertRuleService& service_;
};

}  // namespace

void add_alert_rule_endpoints(api::Api& api, AlertRuleService& service) {
  const auto rules = std::make_shared<AlertRuleEndpoints>(service);

  api.add<Nothing, AlertRuleQuery, Nothing, Settings>(
      {.method = Method::get,
       .path = "/api/alert-rules",
       .needs = Needs(Permission::alerts_read),
       .id = "list_alert_rules",
       .summary = "By which rules a pit is judged",
       .tag = "alerts",
       .description = "While work of that type is in that stage there; without them, while no job runs. `source` is "
                      "whose rule it is: the product's (standard), the workshop's, the work type's or the stage's."},
      [rules](Caller& caller, auto input) { return rules->list(caller, std::move(input.query)); });

  api.add<Nothing, Nothing, AlertRulesChange, Settings>(
      {.method = Method::put,
       .path = "/api/alert-rules",
       .needs = Needs(Permission::alert_rules_manage),
       .id = "replace_alert_rules",
       .summary = "Set the rules of the workshop, of a work type or of one of its stages",
       .tag = "alerts",
       .description =
           "These take the place of all rules of that scope; types that are left out are judged by the wider scope "
           "again. Limits are themselves still good; `for_seconds` is how long a value must be beyond them without a "
           "break, `hysteresis` how far it must come back. Beyond the critical limits, or unacknowledged for "
           "`escalate_after_seconds`, an alert becomes critical."},
      [rules](Caller& caller, auto input) { return rules->replace(caller, std::move(input.body)); });
}

}  // namespace pitview::alerts
