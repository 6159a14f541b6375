// What may be done to a device (decisions D44, D45). Pure rules.
#pragma once

#include <string_view>

#include "pitview/base/result.h"
#include "pitview/domain/permissions.h"

namespace pitview::devices {

inline constexpr std::string_view kPaymentOverdue = "payment_overdue";

// 0 to 64 of a-z, 0-9 and _: what devices are told (contracts/mqtt).
bool is_reason(std::string_view text) noexcept;

struct StatusChange {
  Role by = Role::owner;
  std::string_view reason_now;  // why the device is what it is
  bool disable = false;
  std::string_view reason;
  bool job_is_running = false;  // at its pit
};

// forbidden: only the platform switches off for payment, and on again what it
// switched off. conflict: nothing is suspended under a customer's car.
Result<> check_status_change(const StatusChange& change);

}  // namespace pitview::devices
