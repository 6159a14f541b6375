#include "customers/customer_service.h"

#include "audit/audit_log.h"

namespace pitview::customers {
namespace {

constexpr const char* kDisabled = "account_disabled";
constexpr const char* kErased = "account_erased";

Error no_such_customer() { return {Errc::not_found, "There is no such customer.", {}, 0}; }

std::string auditable(bool disabled) { return disabled ? R"({"disabled":true})" : R"({"disabled":false})"; }

}  // namespace

Awaitable<std::vector<Customer>> CustomerService::list(WorkshopId workshop, std::optional<UserId> before, int limit) {
  return parts_.customers.list(workshop, before, limit);
}

Awaitable<Result<CustomerDetail>> CustomerService::find(WorkshopId workshop, UserId customer) {
  auto detail = co_await parts_.customers.find(workshop, customer);
  if (!detail) co_return no_such_customer();
  detail->consents = std::move((co_await parts_.consents.state(workshop, customer)).consents);
  co_return std::move(*detail);
}

Awaitable<Result<CustomerDetail>> CustomerService::set_disabled(audit::Actor actor, UserId customer, bool disabled) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.customers.begin(workshop);
  const auto state = co_await CustomersRepository::lock(tx, customer);
  if (!state) co_return no_such_customer();
  if (state->erased)
    co_return Error{Errc::conflict, "The data of this customer was erased; the account is disabled for good.", {}, 0};
  std::vector<SessionId> ended;
  if (state->disabled != disabled) {
    const Timestamp now = parts_.clock.now();
    co_await CustomersRepository::set_disabled(tx, customer, disabled, now);
    if (disabled) ended = co_await CustomersRepository::end_sessions(tx, customer, kDisabled, now);
    co_await audit::record(tx, workshop, actor,
                           {.action = disabled ? "customer.disable" : "customer.enable",
                            .subject = "customer",
                            .subject_id = customer.value,
                            .before = auditable(state->disabled),
                            .after = auditable(disabled)});
  }
  co_await tx.commit();
  parts_.endings.announce(workshop, ended, kDisabled);
  co_return co_await find(workshop, customer);
}

Awaitable<Result<CustomerDetail>> CustomerService::erase(audit::Actor actor, UserId customer) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.customers.begin(workshop);
  const Timestamp now = parts_.clock.now();
  co_await CustomersRepository::revoke_links(tx, customer, now);
  const auto state = co_await CustomersRepository::lock(tx, customer);
  if (!state) co_return no_such_customer();
  std::vector<SessionId> ended;
  if (!state->erased) {
    if (co_await CustomersRepository::has_open_job(tx, customer))
      co_return Error{Errc::conflict, "A job of this customer is not over. Complete or cancel it first.", {}, 0};
    ended = co_await CustomersRepository::end_sessions(tx, customer, kErased, now);
    co_await CustomersRepository::erase(tx, customer, now);
    co_await audit::record(tx, workshop, actor,
                           {.action = "customer.erase", .subject = "customer", .subject_id = customer.value});
  }
  co_await tx.commit();
  parts_.endings.announce(workshop, ended, kErased);
  co_return co_await find(workshop, customer);
}

}  // namespace pitview::customers
