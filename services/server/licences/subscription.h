// The licence of a device, as its workshop and the platform see it, and what devices
// sent without one.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::licences {

using SubscriptionId = StrongId<struct SubscriptionTag>;
using ViolationId = StrongId<struct ViolationTag>;

struct Subscription {
  SubscriptionId id;
  WorkshopId workshop_id;
  std::string device_id;
  std::optional<int> pit_number;
  std::string status;  // active, suspended, expired
  Timestamp status_since;
  std::string plan;  // basic, standard, premium
  std::int64_t monthly_fee_paise = 0;
  Timestamp expires_at;
  std::optional<Timestamp> last_payment_at;
  std::optional<std::string> refusal;  // why the device's readings are not taken now; the plan's words
  bool held_by_job = false;            // it has ended, and a job that began before is served to its end
};
BOOST_DESCRIBE_STRUCT(Subscription, (),
                      (id, workshop_id, device_id, pit_number, status, status_since, plan, monthly_fee_paise,
                       expires_at, last_payment_at, refusal, held_by_job))

struct LicenceViolation {
  ViolationId id;
  std::string device_id;  // "": many that do not exist
  std::optional<WorkshopId> workshop_id;
  std::optional<std::string> workshop_code;
  std::string reason;
  Timestamp hour;
  std::int64_t messages = 0;
  Timestamp first_at;
  Timestamp last_at;
};
BOOST_DESCRIBE_STRUCT(LicenceViolation, (),
                      (id, device_id, workshop_id, workshop_code, reason, hour, messages, first_at, last_at))

}  // namespace pitview::licences
