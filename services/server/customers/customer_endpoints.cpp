#include "api/paging.h"
#include "customers/customers_endpoints.h"
#include "pitview/json/types.h"

namespace pitview::customers {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct CustomerPath {
  UserId id;
};
BOOST_DESCRIBE_STRUCT(CustomerPath, (), (id))

struct CustomerQuery {
  std::optional<UserId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(CustomerQuery, (), (cursor, limit))

struct CustomerConsentQuery {
  std::optional<ConsentId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(CustomerConsentQuery, (), (cursor, limit))

struct CustomerChange {
  bool disabled = false;
};
BOOST_DESCRIBE_STRUCT(CustomerChange, (), (disabled))

namespace {

class CustomerEndpoints {
 public:
  CustomerEndpoints(CustomerService& service, ConsentService& consents) : service_(service), consents_(consents) {}

  Awaitable<Result<std::vector<Customer>>> list(Caller& caller, CustomerQuery query) {
    const int limit = api::limit_of(query.limit);
    std::vector<Customer> customers = co_await service_.list(caller.principal.workshop, query.cursor, limit);
    if (static_cast<int>(customers.size()) == limit) api::add_next_link(caller, customers.back().id.value);
    co_return customers;
  }

  Awaitable<Result<CustomerDetail>> find(Caller& caller, UserId customer) {
    return service_.find(caller.principal.workshop, customer);
  }

  Awaitable<Result<CustomerDetail>> change(Caller& caller, UserId customer, CustomerChange body) {
    return service_.set_disabled(audit::actor_of(caller), customer, body.disabled);
  }

  Awaitable<Result<CustomerDetail>> erase(Caller& caller, UserId customer) {
    return service_.erase(audit::actor_of(caller), customer);
  }

  Awaitable<Result<std::vector<ConsentEntry>>> consents(Caller& caller, UserId customer, CustomerConsentQuery query) {
    const int limit = api::limit_of(query.limit);
    auto entries = co_await consents_.history(caller.principal.workshop, customer, query.cursor, limit);
    if (entries && static_cast<int>(entries->size()) == limit) api::add_next_link(caller, entries->back().id.value);
    co_return entries;
  }

 private:
  CustomerService& service_;
  ConsentService& consents_;
};

}  // namespace

void add_customer_endpoints(api::Api& api, CustomerService& service, ConsentService& consent_service) {
  const auto customers = std::make_shared<CustomerEndpoints>(service, consent_service);

  api.add<Nothing, CustomerQuery, Nothing, std::vector<Customer>>(
      {.method = Method::get,
       .path = "/api/customers",
       .needs = Needs(Permission::customers_read),
       .id = "list_customers",
       .summary = "The workshop's customers, the newest first",
       .tag = "customers",
       .description = "Telephone numbers are masked. The next page is in the Link header."},
      [customers](Caller& caller, auto input) { return customers->list(caller, input.query); });

  api.add<CustomerPath, Nothing, Nothing, CustomerDetail>(
      {.method = Method::get,
       .path = "/api/customers/{id}",
       .needs = Needs(Permission::customers_read),
       .id = "get_customer",
       .summary = "One customer, with jobs and consents",
       .tag = "customers",
       .problems = {Errc::not_found}},
      [customers](Caller& caller, auto input) { return customers->find(caller, input.path.id); });

  api.add<CustomerPath, Nothing, CustomerChange, CustomerDetail>(
      {.method = Method::patch,
       .path = "/api/customers/{id}",
       .needs = Needs(Permission::workshop_manage),
       .id = "change_customer",
       .summary = "Shut a customer out, or let one in again",
       .tag = "customers",
       .description = "Who is disabled is signed out at once; neither password nor link signs in.",
       .problems = {Errc::not_found, Errc::conflict}},
      [customers](Caller& caller, auto input) { return customers->change(caller, input.path.id, input.body); });

  api.add<CustomerPath, Nothing, Nothing, CustomerDetail>(
      {.method = Method::post,
       .path = "/api/customers/{id}/erase",
       .needs = Needs(Permission::workshop_manage),
       .id = "erase_customer",
       .summary = "Remove a customer's personal data for good",
       .tag = "customers",
       .description = "Name, telephone, e-mail, number plate, comments and network addresses; jobs, stars and what was "
                      "consented to stay without them. conflict while a job is not over.",
       .problems = {Errc::not_found, Errc::conflict}},
      [customers](Caller& caller, auto input) { return customers->erase(caller, input.path.id); });

  api.add<CustomerPath, CustomerConsentQuery, Nothing, std::vector<ConsentEntry>>(
      {.method = Method::get,
       .path = "/api/customers/{id}/consents",
       .needs = Needs(Permission::customers_read),
       .id = "list_customer_consents",
       .summary = "What a customer agreed to and took back, the newest first",
       .tag = "consents",
       .problems = {Errc::not_found}},
      [customers](Caller& caller, auto input) { return customers->consents(caller, input.path.id, input.query); });
}

}  // namespace pitview::customers
