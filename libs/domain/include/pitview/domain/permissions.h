// Who may do what: the one permission matrix of the product (decision D22).
//
// Every endpoint names the permission it needs in its table row. What a role may
// do is decided here; *where* it may do it (its own workshop, its permitted pits,
// its own job) is decided by Principal's scope and by row-level security.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace pitview {

// The plan's "staff" is manager (its Admin) and operator.
enum class Role { super_admin, owner, manager, operator_, customer };

inline constexpr std::array kAllRoles = {Role::super_admin, Role::owner, Role::manager, Role::operator_,
                                         Role::customer};

// As stored and sent: "super_admin", "owner", "manager", "operator", "customer".
std::string_view name_of(Role role) noexcept;
std::optional<Role> role_from(std::string_view name) noexcept;

enum class Permission {
  anyone,          // no sign-in: login, health, the pages themselves
  signed_in,       // any role, for itself only
  pits_read,       // pits, their devices and cameras' state
  telemetry_read,  // readings of a pit
  jobs_read,
  jobs_create,
  jobs_update_status,
  jobs_update_stage,
  jobs_update_time,  // operators may not (plan §6.3)
  devices_read,
  devices_claim,
  devices_update,
  devices_register,  // batches from the factory
  releases_manage,   // firmware and its campaigns
  platform_health,   // what each server takes in and sheds
  staff_read,        // accounts of the workshop, their sessions and activity
  staff_manage,      // a manager: operators only
  audit_read,        // who did what
  templates_read,    // work types and their stages
  templates_manage,
  jobs_assign,       // who works on it
  jobs_note,         // notes and photos
  customer_self,     // the own rating and consent
  customers_read,    // accounts of customers, consents, ratings, who watches
  pits_manage,       // pits and their cameras
  workshop_manage,   // settings of the own workshop
  workshops_manage,  // all workshops, their state
  licences_read,     // subscriptions of devices
  licences_manage,   // and violations
  alerts_read,
  alerts_handle,       // acknowledge, snooze
  alert_rules_manage,  // thresholds, maintenance mode
  analytics_read,
  recordings_manage,  // what cameras have recorded: to see it, to keep it, to show it to others
  device_self,        // a device, with its own credentials; no person
};

// Every permission, for what walks the whole table.
std::span<const Permission> all_permissions() noexcept;

// As in the enumeration: "jobs_read".
std::string_view name_of(Permission permission) noexcept;

bool may(Role role, Permission permission) noexcept;

}  // namespace pitview
