#include "staff/staff_rules.h"

#include <algorithm>

#include "auth/account_rules.h"

namespace pitview::staff {
namespace {

constexpr std::size_t kMinUsername = 3;
constexpr std::size_t kMaxUsername = 30;

Error forbidden(std::string detail) { return {Errc::forbidden, std::move(detail), {}, 0}; }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

Role role_of(const Staff& staff) { return role_from(staff.role).value(); }

Result<> check_manages(const Principal& who, const Staff& whom) {
  if (who.user == whom.id) return forbidden("That cannot be done to the own account.");
  if (!auth::manages(who.role, role_of(whom))) return forbidden("You do not look after that account.");
  return Done{};
}

Result<> check_change(const Principal& who, const Staff& whom, const StaffChange& change) {
  if (who.user == whom.id) {
    if (change.role && *change.role != role_of(whom)) return forbidden("Nobody changes the own role.");
    if (change.disabled.value_or(false)) return forbidden("Nobody disables the own account.");
    return Done{};
  }
  if (Result<> allowed = check_manages(who, whom); !allowed) return allowed;
  if (change.role && !auth::manages(who.role, *change.role)) return forbidden("You cannot give that role.");
  return Done{};
}

std::optional<std::string> username_fault(std::string_view username) {
  if (username.size() < kMinUsername || username.size() > kMaxUsername) return "must have 3 to 30 characters";
  const bool is_plain = std::all_of(username.begin(), username.end(),
                                    [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
  if (!is_plain || !is_letter_or_digit(username.front()))
    return "must be letters, digits, dots, dashes and underscores, and begin with a letter or digit";
  return std::nullopt;
}

}  // namespace pitview::staff
