// Customers in PostgreSQL.
#pragma once

#include <span>
#include <vector>

#include "app/database.h"
#include "customers/customer.h"
#include "pitview/base/crypto.h"

namespace pitview::customers {

class CustomersRepository {
 public:
  CustomersRepository(app::Database& database, const crypto::Key256& data_key)
      : database_(database), data_key_(data_key) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first.
  Awaitable<std::vector<Customer>> list(WorkshopId workshop, std::optional<UserId> before, int limit);
  // Without consents.
  Awaitable<std::optional<CustomerDetail>> find(WorkshopId workshop, UserId customer);

  // Inside a transaction. Whatever locks several of them does so in this order, so
  // that none waits for another in a circle: jobs, links, the account, its sessions.
  static Awaitable<> revoke_links(postgres::Transaction& tx, UserId customer, Timestamp now);  // and locks the jobs
  struct State {
    bool disabled = false;
    bool erased = false;
  };
  static Awaitable<std::optional<State>> lock(postgres::Transaction& tx, UserId customer);
  static Awaitable<bool> has_open_job(postgres::Transaction& tx, UserId customer);
  static Awaitable<> set_disabled(postgres::Transaction& tx, UserId customer, bool disabled, Timestamp now);
  // The sessions that end; to be announced after the commit.
  static Awaitable<std::vector<SessionId>> end_sessions(postgres::Transaction& tx, UserId customer,
                                                        std::string_view reason, Timestamp now);
  static Awaitable<> erase(postgres::Transaction& tx, UserId customer, Timestamp now);

 private:
  Customer customer_of(const postgres::Row& row) const;

  app::Database& database_;
  const crypto::Key256& data_key_;
};

std::span<const postgres::Statement> customers_statements();

}  // namespace pitview::customers
