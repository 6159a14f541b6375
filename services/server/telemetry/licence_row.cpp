#include "telemetry/licence_row.h"

#include <algorithm>
#include <array>
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

// Decision D44: late with the payment, and served all the same.
bool is_in_arrears(std::string_view workshop_status) {
  constexpr std::array kServed = {"past_due", "grace", "restricted"};
  return std::find(kServed.begin(), kServed.end(), workshop_status) != kServed.end();
}

}  // namespace

LicenceState licence_state_of(const postgres::Row& row) {
  const auto workshop_status = row.get<std::string>("workshop_status");
  LicenceState state{
      .device = device_status_of(row.get<std::string>("device_status")),
      .subscription = subscription_of(row.get<std::optional<std::string>>("subscription_status")),
      .subscription_since = row.get<std::optional<Timestamp>>("subscription_since").value_or(Timestamp()),
      .expires_at = row.get<std::optional<Timestamp>>("subscription_expires_at"),
      .workshop_suspended = workshop_status == "suspended" || workshop_status == "cancelled",
      .workshop_since = row.get<Timestamp>("workshop_since"),
      .workshop_in_arrears = is_in_arrears(workshop_status),
      .job_since = row.get<std::optional<Timestamp>>("job_since")};
  // A trial that was not paid for.
  if (workshop_status == "expired" && state.subscription == SubscriptionStatus::active) {
    state.subscription = SubscriptionStatus::expired;
    state.subscription_since = state.workshop_since;
  }
  return state;
}

}  // namespace pitview::telemetry
