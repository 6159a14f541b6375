// Which jobs of its workshop somebody may see: the one condition of every query
// about jobs and what hangs on them.
#pragma once

#include <optional>

#include "pitview/base/strong_id.h"
#include "pitview/domain/principal.h"

namespace pitview::jobs {

// Customers see their own jobs, operators those at their permitted pits.
struct JobAccess {
  std::optional<UserId> customer;
  std::optional<UserId> operator_;

  static JobAccess of(const Principal& principal) {
    JobAccess access;
    if (principal.role == Role::customer) access.customer = principal.user;
    if (principal.role == Role::operator_) access.operator_ = principal.user;
    return access;
  }
};

// The same as a condition on `jobs j`: $1 is JobAccess::customer, $2 JobAccess::operator_.
// A customer's access ends 30 days after the job.
#define PITVIEW_JOB_ACCESS                                                         \
  " ($1::bigint IS NULL OR (j.customer_id = $1"                                    \
  " AND customer_access_ends(j.status, j.actual_end_time, j.updated_at) > now()))" \
  " AND ($2::bigint IS NULL OR EXISTS ("                                           \
  "SELECT 1 FROM staff_pit_permissions s WHERE s.user_id = $2 AND s.pit_id = j.pit_id)) "

}  // namespace pitview::jobs
