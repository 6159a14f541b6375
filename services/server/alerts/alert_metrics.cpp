#include "alerts/alert_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "pitview/json/describe.h"

namespace pitview::alerts {

AlertMetrics::AlertMetrics(prometheus::Registry& registry) {
  const auto by_type = [&registry](const char* name, const char* help, ByType& counters) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    for (const AlertType type : all_alert_types())
      counters[static_cast<std::size_t>(type)] = &family.Add({{"type", std::string(json::enum_name(type))}});
  };
  const auto counter = [&registry](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  by_type("pitview_alerts_raised_total", "Alerts raised, by type", raised_);
  by_type("pitview_alerts_escalated_total", "Alerts that became critical, by type", escalated_);
  by_type("pitview_alerts_resolved_total", "Alerts that are over, by type", resolved_);
  refused_ = counter("pitview_alerts_refused_total", "Changes of alerts that the database refused for good");
  not_judged_ = counter("pitview_alerts_not_judged_total",
                        "Live readings not judged because too many alerts waited for the database");
}

void AlertMetrics::recorded(AlertType type, AlertChange change) {
  const auto index = static_cast<std::size_t>(type);
  switch (change) {
    case AlertChange::raised: return raised_[index]->Increment();
    case AlertChange::escalated: return escalated_[index]->Increment();
    case AlertChange::resolved: return resolved_[index]->Increment();
    case AlertChange::snooze_ended: return;
  }
}

void AlertMetrics::refused() { refused_->Increment(); }

void AlertMetrics::not_judged() { not_judged_->Increment(); }

}  // namespace pitview::alerts
