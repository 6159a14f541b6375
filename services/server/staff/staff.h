// A member of a workshop's staff as those who look after it see it (plan §6.1, §7.1).
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/time.h"
#include "pitview/domain/principal.h"

namespace pitview::staff {

struct Staff {
  UserId id;
  WorkshopId workshop_id;
  std::string username;
  std::string display_name;
  std::optional<std::string> email;
  std::optional<std::string> phone;  // E.164
  std::string role;                  // "owner", "manager" or "operator"
  bool disabled = false;
  bool must_change_password = false;
  bool second_factor = false;
  std::vector<PitId> pit_ids;  // an operator's; the others see every pit without
  Timestamp created_at;
  std::optional<Timestamp> last_login_at;
};
BOOST_DESCRIBE_STRUCT(Staff, (),
                      (id, workshop_id, username, display_name, email, phone, role, disabled, must_change_password,
                       second_factor, pit_ids, created_at, last_login_at))

struct NewStaff {
  std::string username;
  std::string display_name;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  Role role = Role::operator_;
  std::vector<PitId> pits;  // of an operator
};

// What is empty stays as it is; an empty value inside takes the old one away.
struct StaffChange {
  std::optional<std::string> display_name;
  std::optional<std::optional<std::string>> email;
  std::optional<std::optional<std::string>> phone;
  std::optional<Role> role;
  std::optional<bool> disabled;
};

}  // namespace pitview::staff
