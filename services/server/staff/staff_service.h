// The people of a workshop: their accounts, what they may see and what they did
// (plan §6.1; decisions D22, D32).
//
// Errors of all: not_found for who is no staff of the workshop, forbidden for whom
// one does not look after (staff_rules.h).
#pragma once

#include "audit/actor.h"
#include "audit/audit_repository.h"
#include "auth/second_factors_repository.h"
#include "auth/session_endings.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/base/result.h"
#include "pitview/live/hub.h"
#include "staff/staff_repository.h"

namespace pitview::staff {

// Shown once.
struct TemporaryPassword {
  std::string password;
  Timestamp expires_at;
};

struct CreatedStaff {
  Staff staff;
  TemporaryPassword temporary;
};

class StaffService {
 public:
  // More active managers and operators a workshop cannot have.
  static constexpr int kMaxStaff = 500;

  struct Parts {
    StaffRepository& staff;
    audit::AuditRepository& audit;
    auth::SecondFactorsRepository& second_factors;
    auth::SessionEndings& endings;
    CpuPool& cpu;
    live::Hub& hub;
    const Clock& clock;
  };
  explicit StaffService(Parts parts) : parts_(parts) {}

  Awaitable<std::vector<Staff>> list(WorkshopId workshop, std::optional<UserId> after, int limit);
  Awaitable<Result<Staff>> find(WorkshopId workshop, UserId user);

  // validation_failed for a username that is taken and for pits that are not the
  // workshop's, conflict for too many, unavailable.
  Awaitable<Result<CreatedStaff>> create(audit::Actor actor, NewStaff staff);

  // A new role, or disabling, ends all sessions of the account at once; a new role
  // begins without permitted pits.
  Awaitable<Result<Staff>> change(audit::Actor actor, UserId user, StaffChange change);

  // Exactly these from now on, open live connections included. conflict for who is
  // no operator, validation_failed for pits that are not the workshop's.
  Awaitable<Result<Staff>> set_pits(audit::Actor actor, UserId user, std::vector<PitId> pits);

  // Ends all sessions of the account; unavailable.
  Awaitable<Result<TemporaryPassword>> reset_password(audit::Actor actor, UserId user);

  // For who has lost authenticator and recovery codes.
  Awaitable<Result<>> remove_second_factor(audit::Actor actor, UserId user);

  struct ActivityPage {
    WorkshopId workshop;
    std::optional<audit::EntryId> before;
    int limit = 50;
  };
  // What the account did, the newest first.
  Awaitable<Result<std::vector<audit::AuditEntry>>> activity(Principal principal, UserId user, ActivityPage page);

 private:
  struct NewPassword {
    TemporaryPassword shown;
    TemporaryHash stored;
  };
  Awaitable<Result<NewPassword>> make_password();

  Parts parts_;
};

}  // namespace pitview::staff
