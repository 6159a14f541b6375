#include "customers/customers_repository.h"

#include <array>

namespace pitview::customers {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Statement;
using postgres::Transaction;

#define CUSTOMER_COLUMNS                                                                                           \
  "u.id, u.username, u.display_name, u.phone_sealed, u.email IS NOT NULL AS has_email, u.created_at, "             \
  "u.disabled_at IS NOT NULL AS disabled, u.erased_at IS NOT NULL AS erased, "                                     \
  "(SELECT count(*) FROM jobs j WHERE j.workshop_id = u.workshop_id AND j.customer_id = u.id) AS jobs, "           \
  "greatest(u.last_login_at, "                                                                                     \
  "(SELECT max(s.last_used_at) FROM sessions s WHERE s.workshop_id = u.workshop_id AND s.user_id = u.id), "        \
  "(SELECT max(v.last_seen_at) FROM view_sessions v WHERE v.workshop_id = u.workshop_id AND v.customer_id = u.id)" \
  ") AS last_seen FROM users u WHERE u.role = 'customer' "

constexpr Statement kList{
    "list_customers", "SELECT " CUSTOMER_COLUMNS "AND ($1::bigint IS NULL OR u.id < $1) ORDER BY u.id DESC LIMIT $2"};

constexpr Statement kFind{"find_customer", "SELECT " CUSTOMER_COLUMNS "AND u.id = $1"};

#undef CUSTOMER_COLUMNS

constexpr Statement kJobs{"latest_jobs_of_customer", R"sql(
  SELECT j.id, j.status, j.car_model, j.car_plate, j.work_type, j.created_at, r.stars,
         l.id IS NOT NULL AND customer_access_ends(j.status, j.actual_end_time, j.updated_at) > now() AS has_link
  FROM jobs j
  LEFT JOIN ratings r ON r.job_id = j.id
  LEFT JOIN tracking_links l ON l.job_id = j.id AND l.revoked_at IS NULL
  WHERE j.customer_id = $1 ORDER BY j.id DESC LIMIT 50)sql"};

constexpr Statement kLock{"lock_customer", R"sql(
  SELECT disabled_at IS NOT NULL AS disabled, erased_at IS NOT NULL AS erased
  FROM users WHERE id = $1 AND role = 'customer' FOR NO KEY UPDATE)sql"};

constexpr Statement kLockJobs{"lock_jobs_of_customer",
                              "SELECT 1 FROM jobs WHERE customer_id = $1 ORDER BY id FOR NO KEY UPDATE"};

constexpr Statement kRevokeLinks{
    "revoke_links_of_customer",
    "UPDATE tracking_links SET revoked_at = $2, token_sealed = NULL WHERE customer_id = $1 AND revoked_at IS NULL"};

constexpr Statement kOpenJob{
    "open_job_of_customer",
    "SELECT 1 FROM jobs WHERE customer_id = $1 AND status NOT IN ('completed', 'cancelled') LIMIT 1"};

constexpr Statement kSetDisabled{
    "set_customer_disabled",
    "UPDATE users SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, $3) END WHERE id = $1"};

constexpr Statement kEndSessions{"end_sessions_of_customer", R"sql(
  UPDATE sessions SET ended_at = $3, end_reason = $2 WHERE user_id = $1 AND ended_at IS NULL RETURNING id)sql"};

// What names a person, wherever it is; the work itself stays, it is the workshop's.
constexpr Statement kEraseAccount{"erase_customer_account", R"sql(
  UPDATE users SET display_name = 'Customer', username = 'erased-' || id || '-' || substr(md5(random()::text), 1, 8), email = NULL, phone_sealed = NULL,
                   phone_lookup = NULL, password_hash = 'erased', disabled_at = coalesce(disabled_at, $2), erased_at = $2
  WHERE id = $1)sql"};
constexpr Statement kEraseJobs{"erase_customer_in_jobs",
                               "UPDATE jobs SET customer_name = 'Customer', car_plate = '-' WHERE customer_id = $1"};
constexpr Statement kEraseSessions{"erase_customer_in_sessions",
                                   "UPDATE sessions SET ip = NULL, user_agent = NULL WHERE user_id = $1"};
constexpr Statement kEraseRatings{"erase_customer_comments", "UPDATE ratings SET comment = '' WHERE customer_id = $1"};
constexpr Statement kEraseConsents{"erase_customer_in_consents",
                                   "UPDATE consents SET ip = NULL WHERE customer_id = $1"};
// What they were told has their name in it, and what waits is for nobody any more.
constexpr Statement kEraseMessages{"erase_messages_of_customer", "DELETE FROM messages WHERE recipient_id = $1"};
// Papers name them or their car; a certificate of an erased car opens nothing any more.
constexpr Statement kEraseDocuments{
    "erase_documents_of_customer",
    "DELETE FROM job_documents WHERE job_id IN (SELECT id FROM jobs WHERE customer_id = $1)"};
constexpr Statement kEraseCertificates{
    "erase_certificates_of_customer",
    "DELETE FROM job_certificates WHERE job_id IN (SELECT id FROM jobs WHERE customer_id = $1)"};
constexpr Statement kForgetInAudit{"forget_customer_in_audit", "SELECT platform.forget_in_audit($1)"};

constexpr std::array kStatements = {
    kList,         kFind,          kJobs,          kLock,           kLockJobs,          kRevokeLinks,
    kOpenJob,      kSetDisabled,   kEndSessions,   kEraseAccount,   kEraseJobs,         kEraseSessions,
    kEraseRatings, kEraseConsents, kEraseMessages, kEraseDocuments, kEraseCertificates, kForgetInAudit};

constexpr std::string_view kPhoneColumn = "users.phone_sealed";

}  // namespace

std::span<const Statement> customers_statements() { return kStatements; }

Customer CustomersRepository::customer_of(const Row& row) const {
  Customer customer{.id = row.get<UserId>("id"),
                    .username = row.get<std::string>("username"),
                    .name = row.get<std::string>("display_name"),
                    .has_email = row.get<bool>("has_email"),
                    .jobs = row.get<std::int64_t>("jobs"),
                    .last_seen = row.get<std::optional<Timestamp>>("last_seen"),
                    .created_at = row.get<Timestamp>("created_at"),
                    .disabled = row.get<bool>("disabled"),
                    .erased = row.get<bool>("erased")};
  if (const auto sealed = row.get<std::optional<Bytes>>("phone_sealed"))
    if (const auto phone = crypto::open(data_key_, sealed->data, kPhoneColumn)) customer.phone = masked_phone(*phone);
  return customer;
}

Awaitable<std::vector<Customer>> CustomersRepository::list(WorkshopId workshop, std::optional<UserId> before,
                                                           int limit) {
  std::vector<Customer> customers;
  for (const Row row : co_await database_.here().read(workshop, kList, before, limit))
    customers.push_back(customer_of(row));
  co_return customers;
}

Awaitable<std::optional<CustomerDetail>> CustomersRepository::find(WorkshopId workshop, UserId customer) {
  auto tx = co_await begin(workshop);
  const auto found = (co_await tx.query(kFind, customer)).first();
  if (!found) co_return std::nullopt;
  CustomerDetail detail{customer_of(*found), {}, {}};
  for (const Row row : co_await tx.query(kJobs, customer))
    detail.latest_jobs.push_back({.job_id = row.get<JobId>("id"),
                                  .status = jobs::job_status_from(row.get<std::string>("status")).value(),
                                  .car_model = row.get<std::string>("car_model"),
                                  .car_plate = row.get<std::string>("car_plate"),
                                  .work_type = row.get<std::string>("work_type"),
                                  .created_at = row.get<Timestamp>("created_at"),
                                  .has_link = row.get<bool>("has_link"),
                                  .stars = row.get<std::optional<int>>("stars")});
  co_await tx.commit();
  co_return detail;
}

Awaitable<std::optional<CustomersRepository::State>> CustomersRepository::lock(Transaction& tx, UserId customer) {
  const auto row = (co_await tx.query(kLock, customer)).first();
  if (!row) co_return std::nullopt;
  co_return State{row->get<bool>("disabled"), row->get<bool>("erased")};
}

Awaitable<> CustomersRepository::revoke_links(Transaction& tx, UserId customer, Timestamp now) {
  co_await tx.query(kLockJobs, customer);
  co_await tx.execute(kRevokeLinks, customer, now);
}

Awaitable<bool> CustomersRepository::has_open_job(Transaction& tx, UserId customer) {
  co_return !(co_await tx.query(kOpenJob, customer)).empty();
}

Awaitable<> CustomersRepository::set_disabled(Transaction& tx, UserId customer, bool disabled, Timestamp now) {
  co_await tx.execute(kSetDisabled, customer, disabled, now);
}

Awaitable<std::vector<SessionId>> CustomersRepository::end_sessions(Transaction& tx, UserId customer,
                                                                    std::string_view reason, Timestamp now) {
  std::vector<SessionId> ended;
  for (const Row row : co_await tx.query(kEndSessions, customer, reason, now))
    ended.push_back(row.get<SessionId>("id"));
  co_return ended;
}

Awaitable<> CustomersRepository::erase(Transaction& tx, UserId customer, Timestamp now) {
  co_await tx.execute(kEraseAccount, customer, now);
  co_await tx.execute(kEraseJobs, customer);
  co_await tx.execute(kEraseSessions, customer);
  co_await tx.execute(kEraseRatings, customer);
  co_await tx.execute(kEraseConsents, customer);
  co_await tx.execute(kEraseMessages, customer);
  co_await tx.execute(kEraseDocuments, customer);
  co_await tx.execute(kEraseCertificates, customer);
  co_await tx.query(kForgetInAudit, customer);
}

}  // namespace pitview::customers
