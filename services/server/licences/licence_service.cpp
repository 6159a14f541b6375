#include "licences/licence_service.h"

#include "audit/audit_log.h"
#include "pitview/domain/licence.h"
#include "pitview/json/write.h"

namespace pitview::licences {

struct AuditedSubscription {
  std::string device_id;
  std::string status;
  std::string plan;
  std::int64_t monthly_fee_paise = 0;
  Timestamp expires_at;
  std::optional<Timestamp> last_payment_at;
};
BOOST_DESCRIBE_STRUCT(AuditedSubscription, (),
                      (device_id, status, plan, monthly_fee_paise, expires_at, last_payment_at))

namespace {

std::string auditable(const Subscription& s) {
  return json::write(
      AuditedSubscription{s.device_id, s.status, s.plan, s.monthly_fee_paise, s.expires_at, s.last_payment_at});
}

Error no_such_subscription() { return {Errc::not_found, "There is no such subscription.", {}, 0}; }

}  // namespace

Awaitable<std::vector<Subscription>> LicenceService::list(WorkshopId workshop, std::optional<SubscriptionId> before,
                                                          int limit) {
  co_return co_await parts_.licences.list(workshop, before, limit, parts_.clock.now());
}

Awaitable<Result<Subscription>> LicenceService::change(Actor actor, SubscriptionId id, SubscriptionChange change) {
  const auto workshop = co_await parts_.licences.workshop_of(id);
  if (!workshop) co_return no_such_subscription();
  auto tx = co_await parts_.licences.begin(*workshop);
  const Timestamp now = parts_.clock.now();
  const auto before = co_await LicencesRepository::lock(tx, id, now);
  if (!before) co_return no_such_subscription();
  if (before->refusal == kUnknownLicence)
    co_return Error{Errc::conflict, "This device was put out for good; its subscription is over.", {}, 0};
  Subscription after = *before;
  after.status = change.status.value_or(before->status);
  after.plan = change.plan.value_or(before->plan);
  after.monthly_fee_paise = change.monthly_fee_paise.value_or(before->monthly_fee_paise);
  after.expires_at = change.expires_at.value_or(before->expires_at);
  if (change.last_payment_at) after.last_payment_at = change.last_payment_at;
  if (auditable(after) == auditable(*before)) co_return *before;
  co_await LicencesRepository::save(tx, after);
  auto saved = co_await LicencesRepository::lock(tx, id, now);
  audit::Entry entry{.action = "subscription.change",
                     .subject = "subscription",
                     .subject_id = id.value,
                     .before = auditable(*before),
                     .after = auditable(*saved)};
  co_await audit::record(tx, *workshop, actor, std::move(entry));
  co_await tx.commit();
  parts_.directory_changed();
  co_return std::move(*saved);
}

Awaitable<std::vector<LicenceViolation>> LicenceService::violations(ViolationFilter filter) {
  co_return co_await parts_.licences.violations(std::move(filter));
}

}  // namespace pitview::licences
