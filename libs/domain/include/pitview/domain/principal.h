// Who is asking: the signed-in user, and the part of the workshop it may see; or
// a device, for itself.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"
#include "pitview/domain/permissions.h"

namespace pitview {

struct Principal {
  UserId user;
  WorkshopId workshop;
  SessionId session;
  Role role = Role::customer;
  DeviceKey device;  // not 0: a device asks (Permission::device_self), and there is no user

  bool sees_whole_workshop() const noexcept {
    return role == Role::owner || role == Role::manager || role == Role::super_admin;
  }
};

// The pits and jobs a principal may see inside its workshop, resolved from the
// database: everything, or the listed ones only.
struct Scope {
  // A customer sees the pit from the start of the own job on: what was before is
  // another customer's. Staff sees all of its past.
  struct VisiblePit {
    PitId pit;
    Timestamp since{};
    friend bool operator==(const VisiblePit&, const VisiblePit&) = default;
  };

  bool everything = false;
  std::vector<VisiblePit> pits;
  std::vector<JobId> jobs;  // a customer's own jobs; unused for staff

  // Since when the pit may be seen; empty: not at all.
  std::optional<Timestamp> visible_since(PitId pit) const {
    if (everything) return Timestamp{};
    const auto found = std::find_if(pits.begin(), pits.end(), [pit](const VisiblePit& v) { return v.pit == pit; });
    if (found == pits.end()) return std::nullopt;
    return found->since;
  }
  bool sees(PitId pit) const { return visible_since(pit).has_value(); }
  bool sees(JobId job) const { return everything || std::find(jobs.begin(), jobs.end(), job) != jobs.end(); }

  friend bool operator==(const Scope&, const Scope&) = default;
};

}  // namespace pitview
