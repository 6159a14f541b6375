#include "telemetry/licence_row.h"

#include <optional>
#include <string>

namespace pitview::telemetry {
namespace {

DeviceStatus device_status_of(const std::string& status) {
  if (status == "active") return DeviceStatus::active;
  return status == "retired" ? DeviceStatus::retired : DeviceStatus::disabled;
}

SubscriptionStatus subscription_of(const std::optional<std::string>& status) {
  if (status == "active") return SubscriptionStatus::active;
  if (status == "suspended") return SubscriptionStatus::suspended;
  return SubscriptionStatus::expired;  // a device without a subscription has none that is valid
}

}  // namespace

LicenceState licence_state_of(const postgres::Row& row) {
  const auto workshop_status = row.get<std::string>("workshop_status");
  return {.device = device_status_of(row.get<std::string>("device_status")),
          .subscription = subscription_of(row.get<std::optional<std::string>>("subscription_status")),
          .expires_at = row.get<std::optional<Timestamp>>("subscription_expires_at"),
          .workshop_suspended = workshop_status == "suspended" || workshop_status == "cancelled"};
}

}  // namespace pitview::telemetry
