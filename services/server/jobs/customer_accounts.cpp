#include "jobs/customer_accounts.h"

#include <array>
#include <stdexcept>

#include "auth/sealed_phone.h"

namespace pitview::jobs {
namespace {

using postgres::Bytes;
using postgres::Statement;

// Held until the job is there: an account that is being erased is none to come back to.
constexpr Statement kFindByPhone{"find_customer_by_phone", R"sql(
  SELECT id, username FROM users WHERE phone_lookup = $1 AND role = 'customer' FOR NO KEY UPDATE)sql"};

// No row when the username is taken, in whichever workshop, or when the phone
// number has just got an account by another request.
constexpr Statement kInsertCustomer{"insert_customer", R"sql(
  INSERT INTO users (workshop_id, username, display_name, email, phone_sealed, phone_lookup, password_hash, role)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 'customer')
  ON CONFLICT DO NOTHING
  RETURNING id)sql"};

constexpr std::array kStatements = {kFindByPhone, kInsertCustomer};

constexpr std::size_t kMaxUsername = 30;
constexpr int kPlainTries = 20;

// The suffix of the n-th try: none, then 2, 3, …, then a random number, so that
// the hundredth "johndoe" does not ask the database a hundred times.
std::string suffix(int attempt) {
  if (attempt == 0) return "";
  if (attempt < kPlainTries) return std::to_string(attempt + 1);
  const std::string bytes = crypto::random_bytes(3);
  std::uint32_t number = 0;
  for (char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
  return std::to_string(1000 + number);
}

}  // namespace

std::span<const Statement> customer_statements() { return kStatements; }

std::string username_from(std::string_view name) {
  std::string username;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) username.push_back(c);
    if (username.size() == kMaxUsername) break;
  }
  return username.empty() ? "customer" : username;
}

Awaitable<CustomerAccount> find_or_create_customer(postgres::Transaction& tx, WorkshopId workshop, NewCustomer customer,
                                                   const crypto::Key256& data_key) {
  std::optional<Bytes> lookup;
  std::optional<Bytes> sealed;
  if (customer.phone) {
    auth::SealedPhone phone = auth::seal_phone(data_key, *customer.phone);
    lookup = std::move(phone.lookup);
    sealed = std::move(phone.sealed);
  }
  const std::string base = username_from(customer.name);
  for (int attempt = 0; attempt < 2 * kPlainTries; ++attempt) {
    if (lookup)
      if (const auto known = (co_await tx.query(kFindByPhone, *lookup)).first())
        co_return CustomerAccount{known->get<UserId>("id"), known->get<std::string>("username"), false};
    std::string username = base + suffix(attempt);
    const auto inserted = (co_await tx.query(kInsertCustomer, workshop, username, customer.name, customer.email, sealed,
                                             lookup, customer.password_hash))
                              .first();
    if (inserted) co_return CustomerAccount{inserted->get<UserId>("id"), std::move(username), true};
  }
  throw std::runtime_error("no free username for a new customer");
}

}  // namespace pitview::jobs
