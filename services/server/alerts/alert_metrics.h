// What /metrics says about alerts. Thread-safe.
#pragma once

#include <array>

#include "alerts/alert.h"

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace pitview::alerts {

class AlertMetrics {
 public:
  explicit AlertMetrics(prometheus::Registry& registry);

  // In the database.
  void recorded(AlertType type, AlertChange change);
  // The database refused it for good.
  void refused();
  // Readings that were not judged because too much waits for the database.
  void not_judged();

 private:
  using ByType = std::array<prometheus::Counter*, kAlertTypes>;
  ByType raised_{};
  ByType escalated_{};
  ByType resolved_{};
  prometheus::Counter* refused_;
  prometheus::Counter* not_judged_;
};

}  // namespace pitview::alerts
