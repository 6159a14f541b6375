#include "pitview/domain/alert_rule.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace pitview {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array kAll = {
    AlertType::high_aqi,         AlertType::temp_out_of_range, AlertType::humidity_out_of_range,
    AlertType::dew_point_margin, AlertType::camera_offline,    AlertType::device_offline,
    AlertType::server_cpu,       AlertType::disk_space};
static_assert(kAll.size() == kAlertTypes);

constexpr AlertQuantity kAqi{"", 0, 500, false, true};
constexpr AlertQuantity kTemperature{"°C", -40, 85, true, true};
constexpr AlertQuantity kHumidity{"%", 0, 100, true, true};
constexpr AlertQuantity kMargin{"°C", 0, 30, true, false};
constexpr AlertQuantity kShare{"%", 0, 100, false, true};

AlertRules make_standard() {
  AlertRules rules;
  const auto rule = [&rules](AlertType type) -> AlertRule& { return rules[static_cast<std::size_t>(type)]; };
  rule(AlertType::high_aqi) = {.high = 150, .critical_high = 200, .hysteresis = 10, .lasting = minutes(1)};
  rule(AlertType::temp_out_of_range) = {.low = 15, .high = 35, .hysteresis = 0.5, .lasting = minutes(1)};
  rule(AlertType::humidity_out_of_range) = {.low = 30, .high = 70, .hysteresis = 2, .lasting = minutes(1)};
  rule(AlertType::dew_point_margin) = {.low = 3, .hysteresis = 0.5, .lasting = minutes(1)};
  rule(AlertType::camera_offline) = {.lasting = seconds(30)};
  rule(AlertType::device_offline) = {.lasting = seconds(60)};
  rule(AlertType::server_cpu) = {.high = 80, .hysteresis = 5, .lasting = minutes(5)};
  rule(AlertType::disk_space) = {.high = 85, .hysteresis = 2, .lasting = minutes(1)};
  return rules;
}

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

class Check {
 public:
  Check(AlertType type, const AlertRule& rule) : quantity_(quantity_of(type)), rule_(rule) {}

  std::vector<FieldProblem> faults() {
    times();
    const bool has_low = quantity_ != nullptr && quantity_->has_low;
    const bool has_high = quantity_ != nullptr && quantity_->has_high;
    const std::size_t before = faults_.size();
    limit("low", rule_.low, has_low);
    limit("high", rule_.high, has_high);
    limit("critical_low", rule_.critical_low, has_low);
    limit("critical_high", rule_.critical_high, has_high);
    hysteresis();
    // Of limits that are no numbers there is no order.
    if (faults_.size() == before && quantity_ != nullptr) {
      order();
      room();
    }
    return std::move(faults_);
  }

 private:
  void fault(std::string field, std::string message) { faults_.push_back({std::move(field), std::move(message)}); }

  void times() {
    if (rule_.lasting < seconds(0) || rule_.lasting > kLongestAlertTime)
      fault("for_seconds", "must be from 0 to 86400");
    if (rule_.escalates_after && (*rule_.escalates_after < seconds(1) || *rule_.escalates_after > kLongestAlertTime))
      fault("escalate_after_seconds", "must be from 1 to 86400, or null");
    if (rule_.severity != AlertSeverity::critical) return;
    if (rule_.escalates_after) fault("escalate_after_seconds", "must be null: the alert is critical from the start");
    if (rule_.critical_low) fault("critical_low", "must be null: the alert is critical from the start");
    if (rule_.critical_high) fault("critical_high", "must be null: the alert is critical from the start");
  }

  void limit(const char* field, const std::optional<double>& value, bool is_possible) {
    if (!value) return;
    if (!is_possible) return fault(field, "must be null: this alert has no such limit");
    if (!std::isfinite(*value) || *value < quantity_->least || *value > quantity_->most)
      return fault(field, "must be from " + number(quantity_->least) + " to " + number(quantity_->most));
  }

  void hysteresis() {
    if (!std::isfinite(rule_.hysteresis) || rule_.hysteresis < 0) return fault("hysteresis", "must not be below 0");
    if (quantity_ == nullptr && rule_.hysteresis != 0)
      fault("hysteresis", "must be 0: there is no quantity to go back by");
  }

  void order() {
    if (!rule_.low && !rule_.high) fault(quantity_->has_high ? "high" : "low", "is required");
    if (rule_.low && rule_.high && *rule_.low >= *rule_.high) fault("high", "must lie above low");
    if (rule_.critical_low && !rule_.low) fault("low", "is required with critical_low");
    if (rule_.critical_high && !rule_.high) fault("high", "is required with critical_high");
    if (rule_.critical_low && rule_.low && *rule_.critical_low >= *rule_.low)
      fault("critical_low", "must lie below low");
    if (rule_.critical_high && rule_.high && *rule_.critical_high <= *rule_.high)
      fault("critical_high", "must lie above high");
  }

  // Between the limits, or a limit and the end of the range, there must be values by which
  // the alert ends.
  void room() {
    const double bottom = rule_.low.value_or(quantity_->least);
    const double top = rule_.high.value_or(quantity_->most);
    const int sides = (rule_.low ? 1 : 0) + (rule_.high ? 1 : 0);
    if (bottom <= top && rule_.hysteresis > 0 && rule_.hysteresis * sides >= top - bottom)
      fault("hysteresis", "must be smaller than the band between the limits allows");
  }

  const AlertQuantity* quantity_;
  const AlertRule& rule_;
  std::vector<FieldProblem> faults_;
};

}  // namespace

bool is_of_platform(AlertType type) noexcept { return type == AlertType::server_cpu || type == AlertType::disk_space; }

std::span<const AlertType> all_alert_types() noexcept { return kAll; }

const AlertQuantity* quantity_of(AlertType type) noexcept {
  switch (type) {
    case AlertType::high_aqi: return &kAqi;
    case AlertType::temp_out_of_range: return &kTemperature;
    case AlertType::humidity_out_of_range: return &kHumidity;
    case AlertType::dew_point_margin: return &kMargin;
    case AlertType::camera_offline:
    case AlertType::device_offline: return nullptr;
    case AlertType::server_cpu:
    case AlertType::disk_space: return &kShare;
  }
  return nullptr;
}

const AlertRules& standard_alert_rules() noexcept {
  static const AlertRules kStandard = make_standard();
  return kStandard;
}

std::vector<FieldProblem> faults_of(AlertType type, const AlertRule& rule) { return Check(type, rule).faults(); }

}  // namespace pitview
