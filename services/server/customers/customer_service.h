// The workshop's customers: looking at them, shutting one out, and removing what
// is personal when one asks for it.
#pragma once

#include "audit/actor.h"
#include "auth/session_endings.h"
#include "customers/consents_repository.h"
#include "customers/customers_repository.h"

namespace pitview::customers {

class CustomerService {
 public:
  struct Parts {
    CustomersRepository& customers;
    ConsentsRepository& consents;
    auth::SessionEndings& endings;
    const Clock& clock;
  };
  explicit CustomerService(Parts parts) : parts_(parts) {}

  Awaitable<std::vector<Customer>> list(WorkshopId workshop, std::optional<UserId> before, int limit);
  // not_found.
  Awaitable<Result<CustomerDetail>> find(WorkshopId workshop, UserId customer);

  // A disabled customer is signed out everywhere, and neither password nor link
  // signs in. not_found; conflict for an erased one.
  Awaitable<Result<CustomerDetail>> set_disabled(audit::Actor actor, UserId customer, bool disabled);

  // Name, telephone, e-mail, plate, comments and addresses are gone afterwards; the
  // work stays. Cannot be undone; once more changes nothing. not_found; conflict
  // while a job of the customer is not over.
  Awaitable<Result<CustomerDetail>> erase(audit::Actor actor, UserId customer);

 private:
  Parts parts_;
};

}  // namespace pitview::customers
