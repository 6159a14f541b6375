#include "licences/licences_repository.h"

#include <array>

#include "telemetry/licence_row.h"

namespace pitview::licences {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

#define SUBSCRIPTION_ROWS                                                                                       \
  "SELECT s.id, s.workshop_id, d.device_id, d.status AS device_status, p.pit_number, s.status AS "              \
  "subscription_status, s.status_since AS subscription_since, s.plan, s.monthly_fee_paise, "                    \
  "s.expires_at AS subscription_expires_at, s.last_payment_at, w.subscription_status AS workshop_status, "      \
  "w.status_since AS workshop_since, j.actual_start_time AS job_since "                                         \
  "FROM subscriptions s JOIN devices d ON d.id = s.device_key JOIN workshops w ON w.id = s.workshop_id "        \
  "LEFT JOIN device_assignments a ON a.device_key = d.id AND a.released_at IS NULL LEFT JOIN pits p ON p.id = " \
  "a.pit_id "                                                                                                   \
  "LEFT JOIN jobs j ON j.workshop_id = s.workshop_id AND j.pit_id = a.pit_id "                                  \
  "AND j.status IN ('in_progress', 'on_hold', 'quality_check') "

constexpr Statement kList{"list_subscriptions",
                          SUBSCRIPTION_ROWS "WHERE $1::bigint IS NULL OR s.id < $1 ORDER BY s.id DESC LIMIT $2"};
constexpr Statement kFind{"find_subscription", SUBSCRIPTION_ROWS "WHERE s.id = $1"};

#undef SUBSCRIPTION_ROWS

constexpr Statement kLock{"lock_subscription", "SELECT 1 FROM subscriptions WHERE id = $1 FOR UPDATE"};
constexpr Statement kSave{"save_subscription", R"sql(
  UPDATE subscriptions SET status = $2, plan = $3, monthly_fee_paise = $4, expires_at = $5, last_payment_at = $6
  WHERE id = $1)sql"};
constexpr Statement kWorkshopOf{"workshop_of_subscription", "SELECT platform.workshop_of_subscription($1)"};
constexpr Statement kRecord{"record_violations", "SELECT platform.record_violations($1, $2, $3, $4, $5, $6)"};
constexpr Statement kViolations{"list_violations", R"sql(
  SELECT id, device_id, workshop_id, workshop_code, reason, hour, messages, first_at, last_at
  FROM platform.list_violations($1, $2, $3, $4))sql"};
constexpr Statement kPrune{"prune_violations", "SELECT platform.prune_violations()"};

constexpr std::array kStatements = {kList, kFind, kLock, kSave, kWorkshopOf, kRecord, kViolations, kPrune};

Subscription subscription_of(const Row& row, Timestamp now) {
  LicenceState state = telemetry::licence_state_of(row);
  const auto refusal = licence_refusal(state, now);
  state.job_since.reset();
  Subscription shown{.id = row.get<SubscriptionId>("id"),
                     .workshop_id = row.get<WorkshopId>("workshop_id"),
                     .device_id = row.get<std::string>("device_id"),
                     .pit_number = row.get<std::optional<int>>("pit_number"),
                     .status = row.get<std::string>("subscription_status"),
                     .status_since = row.get<Timestamp>("subscription_since"),
                     .plan = row.get<std::string>("plan"),
                     .monthly_fee_paise = row.get<std::int64_t>("monthly_fee_paise"),
                     .expires_at = row.get<Timestamp>("subscription_expires_at"),
                     .last_payment_at = row.get<std::optional<Timestamp>>("last_payment_at"),
                     .held_by_job = !refusal && licence_refusal(state, now)};
  if (refusal) shown.refusal = std::string(*refusal);
  return shown;
}

std::int64_t seconds_of(std::chrono::sys_seconds time) { return time.time_since_epoch().count(); }
std::int64_t microseconds_of(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

std::span<const Statement> licence_statements() { return kStatements; }

Awaitable<std::vector<Subscription>> LicencesRepository::list(WorkshopId workshop, std::optional<SubscriptionId> before,
                                                              int limit, Timestamp now) {
  std::vector<Subscription> subscriptions;
  const Rows rows = co_await database_.here().read(workshop, kList, before, limit);
  for (const Row row : rows) subscriptions.push_back(subscription_of(row, now));
  co_return subscriptions;
}

Awaitable<std::optional<WorkshopId>> LicencesRepository::workshop_of(SubscriptionId subscription) {
  const Rows rows = co_await database_.here().read_platform(kWorkshopOf, subscription);
  co_return rows[0].get<std::optional<WorkshopId>>(0);
}

Awaitable<std::optional<Subscription>> LicencesRepository::lock(Transaction& tx, SubscriptionId subscription,
                                                                Timestamp now) {
  if ((co_await tx.query(kLock, subscription)).empty()) co_return std::nullopt;
  co_return subscription_of((co_await tx.query(kFind, subscription))[0], now);
}

Awaitable<> LicencesRepository::save(Transaction& tx, Subscription s) {
  co_await tx.execute(kSave, s.id, s.status, s.plan, s.monthly_fee_paise, s.expires_at, s.last_payment_at);
}

Awaitable<> LicencesRepository::record(std::vector<ViolationCount> counts) {
  std::vector<std::string> devices, reasons;
  std::vector<std::int64_t> hours, messages, first, last;
  for (ViolationCount& count : counts) {
    devices.push_back(std::move(count.device_id));
    reasons.push_back(std::move(count.reason));
    hours.push_back(seconds_of(count.hour));
    messages.push_back(count.messages);
    first.push_back(microseconds_of(count.first_at));
    last.push_back(microseconds_of(count.last_at));
  }
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query_and_commit(kRecord, devices, reasons, hours, messages, first, last);
}

Awaitable<std::vector<LicenceViolation>> LicencesRepository::violations(ViolationFilter filter) {
  std::vector<LicenceViolation> violations;
  const Rows rows = co_await database_.here().read_platform(kViolations, filter.device_id, filter.workshop,
                                                            filter.before, filter.limit);
  for (const Row row : rows)
    violations.push_back({.id = row.get<ViolationId>("id"),
                          .device_id = row.get<std::string>("device_id"),
                          .workshop_id = row.get<std::optional<WorkshopId>>("workshop_id"),
                          .workshop_code = row.get<std::optional<std::string>>("workshop_code"),
                          .reason = row.get<std::string>("reason"),
                          .hour = row.get<Timestamp>("hour"),
                          .messages = row.get<std::int64_t>("messages"),
                          .first_at = row.get<Timestamp>("first_at"),
                          .last_at = row.get<Timestamp>("last_at")});
  co_return violations;
}

Awaitable<> LicencesRepository::forget_old_violations() {
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query_and_commit(kPrune);
}

}  // namespace pitview::licences
