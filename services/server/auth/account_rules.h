// Who looks after whose account inside a workshop.
#pragma once

#include "pitview/domain/principal.h"

namespace pitview::auth {

// An owner managers and operators, a manager operators; nobody himself or upwards.
constexpr bool manages(Role who, Role whom) {
  if (who == Role::owner) return whom == Role::manager || whom == Role::operator_;
  return who == Role::manager && whom == Role::operator_;
}

// Whose sessions and activity may be read: the own ones; all of the workshop by its
// owner and the platform; those of the people one manages.
inline bool may_look_into(const Principal& who, UserId whom, Role role_of_whom) {
  if (who.user == whom || who.role == Role::owner || who.role == Role::super_admin) return true;
  return manages(who.role, role_of_whom);
}

// A second factor protects the accounts with the most rights.
constexpr bool may_have_second_factor(Role role) {
  return role == Role::super_admin || role == Role::owner || role == Role::manager;
}

}  // namespace pitview::auth
