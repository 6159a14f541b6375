#include "devices/device_rules.h"

namespace pitview::devices {

bool is_reason(std::string_view text) noexcept {
  constexpr std::size_t kMax = 64;
  return text.size() <= kMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

Result<> check_status_change(const StatusChange& change) {
  if (change.by != Role::super_admin && change.reason_now == kPaymentOverdue)
    return {Errc::forbidden, "This device was switched off because of an open payment."};
  if (change.disable && change.reason == kPaymentOverdue && change.job_is_running)
    return {Errc::conflict, "A job is running at this pit. Suspend the device when it is done."};
  return Done{};
}

}  // namespace pitview::devices
