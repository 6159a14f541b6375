// The account a new job gives its customer (decisions D25, D26, D57).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pitview/async/asio.h"
#include "pitview/base/crypto.h"
#include "pitview/base/strong_id.h"
#include "pitview/postgres/pool.h"

namespace pitview::jobs {

// "John Doe" → "johndoe": lower-case letters and digits, at most 30; "customer"
// when nothing is left (a name in Devanagari, say).
std::string username_from(std::string_view name);

struct NewCustomer {
  std::string name;
  std::optional<std::string> phone;  // E.164
  std::optional<std::string> email;
  std::string password_hash;
};

struct CustomerAccount {
  UserId id;
  std::string username;
  bool created = false;  // false: a customer of this workshop with this phone came back
};

// In the transaction of the job. Usernames are unique on the whole platform; a
// taken one gets a number behind it.
Awaitable<CustomerAccount> find_or_create_customer(postgres::Transaction& tx, WorkshopId workshop, NewCustomer customer,
                                                   const crypto::Key256& data_key);

std::span<const postgres::Statement> customer_statements();

}  // namespace pitview::jobs
