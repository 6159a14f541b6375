#include "pitview/domain/permissions.h"

#include <array>

namespace pitview {
namespace {

struct MatrixRow {
  Permission permission;
  std::string_view name;
  bool super_admin, owner, manager, operator_, customer;
};

constexpr bool kYes = true;
constexpr bool kNo = false;

// clang-format off
constexpr std::array kMatrix = {
  //         permission                       name                   super  owner  manager operator customer
  MatrixRow{Permission::anyone,              "anyone",              kYes,  kYes,  kYes,   kYes,    kYes },
  MatrixRow{Permission::signed_in,           "signed_in",           kYes,  kYes,  kYes,   kYes,    kYes },
  MatrixRow{Permission::pits_read,           "pits_read",           kYes,  kYes,  kYes,   kYes,    kYes },
  MatrixRow{Permission::telemetry_read,      "telemetry_read",      kYes,  kYes,  kYes,   kYes,    kYes },
  MatrixRow{Permission::jobs_read,           "jobs_read",           kYes,  kYes,  kYes,   kYes,    kYes },
  MatrixRow{Permission::jobs_create,         "jobs_create",         kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::jobs_update_status,  "jobs_update_status",  kNo,   kYes,  kYes,   kYes,    kNo  },
  MatrixRow{Permission::jobs_update_stage,   "jobs_update_stage",   kNo,   kYes,  kYes,   kYes,    kNo  },
  MatrixRow{Permission::jobs_update_time,    "jobs_update_time",    kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::devices_read,        "devices_read",        kYes,  kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::devices_claim,       "devices_claim",       kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::devices_update,      "devices_update",      kYes,  kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::devices_register,    "devices_register",    kYes,  kNo,   kNo,    kNo,     kNo  },
  MatrixRow{Permission::releases_manage,     "releases_manage",     kYes,  kNo,   kNo,    kNo,     kNo  },
  MatrixRow{Permission::platform_health,     "platform_health",     kYes,  kNo,   kNo,    kNo,     kNo  },
  MatrixRow{Permission::staff_read,          "staff_read",          kYes,  kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::staff_manage,        "staff_manage",        kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::audit_read,          "audit_read",          kYes,  kYes,  kNo,    kNo,     kNo  },
  MatrixRow{Permission::templates_read,      "templates_read",      kNo,   kYes,  kYes,   kYes,    kNo  },
  MatrixRow{Permission::templates_manage,    "templates_manage",    kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::jobs_assign,         "jobs_assign",         kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::jobs_note,           "jobs_note",           kNo,   kYes,  kYes,   kYes,    kNo  },
  MatrixRow{Permission::customer_self,       "customer_self",       kNo,   kNo,   kNo,    kNo,     kYes },
  MatrixRow{Permission::customers_read,      "customers_read",      kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::pits_manage,         "pits_manage",         kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::workshop_manage,     "workshop_manage",     kNo,   kYes,  kNo,    kNo,     kNo  },
  MatrixRow{Permission::workshops_manage,    "workshops_manage",    kYes,  kNo,   kNo,    kNo,     kNo  },
  MatrixRow{Permission::licences_read,       "licences_read",       kYes,  kYes,  kNo,    kNo,     kNo  },
  MatrixRow{Permission::licences_manage,     "licences_manage",     kYes,  kNo,   kNo,    kNo,     kNo  },
  MatrixRow{Permission::alerts_read,         "alerts_read",         kNo,   kYes,  kYes,   kYes,    kNo  },
  MatrixRow{Permission::alerts_handle,       "alerts_handle",       kNo,   kYes,  kYes,   kYes,    kNo  },
  MatrixRow{Permission::alert_rules_manage,  "alert_rules_manage",  kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::analytics_read,      "analytics_read",      kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::recordings_manage,   "recordings_manage",   kNo,   kYes,  kYes,   kNo,     kNo  },
  MatrixRow{Permission::device_self,         "device_self",         kNo,   kNo,   kNo,    kNo,     kNo  },
};
// clang-format on

constexpr auto kAll = [] {
  std::array<Permission, kMatrix.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kMatrix[i].permission;
  return all;
}();

// The row of a permission is found by its value, so the table must be in order.
constexpr bool in_order() {
  for (std::size_t i = 0; i < kMatrix.size(); ++i)
    if (static_cast<std::size_t>(kMatrix[i].permission) != i) return false;
  return true;
}
static_assert(in_order(), "one row per permission, in the order of the enumeration");

struct NamedRole {
  Role role;
  std::string_view name;
};

constexpr std::array kRoles = {
    NamedRole{Role::super_admin, "super_admin"}, NamedRole{Role::owner, "owner"},
    NamedRole{Role::manager, "manager"},         NamedRole{Role::operator_, "operator"},
    NamedRole{Role::customer, "customer"},
};

}  // namespace

std::string_view name_of(Role role) noexcept { return kRoles[static_cast<std::size_t>(role)].name; }

std::optional<Role> role_from(std::string_view name) noexcept {
  for (const NamedRole& named : kRoles)
    if (named.name == name) return named.role;
  return std::nullopt;
}

std::span<const Permission> all_permissions() noexcept { return kAll; }

std::string_view name_of(Permission permission) noexcept { return kMatrix[static_cast<std::size_t>(permission)].name; }

bool may(Role role, Permission permission) noexcept {
  const MatrixRow& row = kMatrix[static_cast<std::size_t>(permission)];
  switch (role) {
    case Role::super_admin: return row.super_admin;
    case Role::owner: return row.owner;
    case Role::manager: return row.manager;
    case Role::operator_: return row.operator_;
    case Role::customer: return row.customer;
  }
  return false;
}

}  // namespace pitview
