// Who is asking: the signed-in user, and the part of the workshop it may see.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/domain/permissions.h"

namespace pitview {

struct Principal {
  UserId user;
  WorkshopId workshop;
  SessionId session;
  Role role = Role::customer;

  bool sees_whole_workshop() const noexcept {
    return role == Role::owner || role == Role::manager || role == Role::super_admin;
  }
};

// The pits and jobs a principal may see inside its workshop, resolved from the
// database: everything, or the listed ones only.
struct Scope {
  bool everything = false;
  std::vector<PitId> pits;
  std::vector<JobId> jobs;  // a customer's own jobs; unused for staff

  bool sees(PitId pit) const { return everything || std::find(pits.begin(), pits.end(), pit) != pits.end(); }
  bool sees(JobId job) const { return everything || std::find(jobs.begin(), jobs.end(), job) != jobs.end(); }
};

}  // namespace pitview
