// Who may do what with whose account; pure.
#pragma once

#include "pitview/base/result.h"
#include "staff/staff.h"

namespace pitview::staff {

Role role_of(const Staff& staff);

// forbidden unless `who` looks after people of that role.
Result<> check_manages(const Principal& who, const Staff& whom);

// forbidden when `who` may not make this change: others' accounts are for those who
// look after them, before and after the change; of the own one everything may be
// changed but role and disabled.
Result<> check_change(const Principal& who, const Staff& whom, const StaffChange& change);

// Letters, digits, '.', '_' and '-', the first a letter or digit, 3 to 30 of them;
// otherwise the fault as the end of a sentence.
std::optional<std::string> username_fault(std::string_view username);

}  // namespace pitview::staff
