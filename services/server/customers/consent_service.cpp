#include "customers/consent_service.h"

#include "audit/audit_log.h"
#include "pitview/json/write.h"

namespace pitview::customers {
namespace {

constexpr int kChangesPerDay = 60;
constexpr std::chrono::hours kDay{24};

ConsentChoice choice_of(const ConsentState& state) {
  return {state.consents[0].given, state.consents[1].given, state.consents[2].given};
}

}  // namespace

std::string auditable(const ConsentChoice& choice) { return json::write(choice); }

Awaitable<ConsentState> ConsentService::state(Principal customer) {
  return parts_.consents.state(customer.workshop, customer.user);
}

Awaitable<Result<ConsentState>> ConsentService::answer(audit::Actor actor, int text_version, ConsentChoice choice) {
  const Principal& customer = actor.principal;
  auto tx = co_await parts_.consents.begin(customer.workshop);
  co_await ConsentsRepository::lock_customer(tx, customer.user);
  const ConsentState before = co_await ConsentsRepository::state(tx, customer.user);
  if (text_version != before.text_version)
    co_return Error{Errc::conflict, "The text has changed. Read it again before you answer.", {}, 0};

  const Timestamp now = parts_.clock.now();
  NewConsents consents{.workshop = customer.workshop,
                       .customer = customer.user,
                       .recorded_by = customer.user,
                       .choice = choice,
                       .now = now,
                       .ip = actor.ip};
  if (co_await ConsentsRepository::record(tx, std::move(consents)) == 0) co_return before;
  if (co_await ConsentsRepository::recorded_since(tx, customer.user, now - kDay) > kChangesPerDay)
    co_return Error{Errc::rate_limited,
                    "That was changed very often today. Ask the workshop.",
                    {},
                    static_cast<int>(std::chrono::seconds(kDay).count())};
  ConsentState after = co_await ConsentsRepository::state(tx, customer.user);
  co_await audit::record(tx, customer.workshop, actor,
                         {.action = "consent.answer",
                          .subject = "customer",
                          .subject_id = customer.user.value,
                          .before = auditable(choice_of(before)),
                          .after = auditable(choice_of(after))});
  co_await tx.commit();
  co_return after;
}

Awaitable<Result<std::vector<ConsentEntry>>> ConsentService::history(WorkshopId workshop, UserId customer,
                                                                     std::optional<ConsentId> before, int limit) {
  if (!co_await parts_.consents.is_customer(workshop, customer))
    co_return Error{Errc::not_found, "There is no such customer.", {}, 0};
  co_return co_await parts_.consents.history(workshop, customer, before, limit);
}

Awaitable<std::vector<ConsentText>> ConsentService::texts(WorkshopId workshop, std::optional<int> before, int limit) {
  return parts_.consents.texts(workshop, before, limit);
}

Awaitable<ConsentText> ConsentService::publish(audit::Actor actor, ConsentText text) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.consents.begin(workshop);
  ConsentText published =
      co_await ConsentsRepository::add_text(tx, workshop, std::move(text), actor.principal.user, parts_.clock.now());
  co_await audit::record(tx, workshop, actor,
                         {.action = "consent.publish",
                          .subject = "consent_text",
                          .subject_id = published.version,
                          .after = json::write(published)});
  co_await tx.commit();
  co_return published;
}

}  // namespace pitview::customers
