// Subscriptions and violations in PostgreSQL.
#pragma once

#include <span>
#include <vector>

#include "app/database.h"
#include "licences/subscription.h"
#include "licences/violation_counts.h"

namespace pitview::licences {

struct ViolationFilter {
  std::optional<std::string> device_id;
  std::optional<WorkshopId> workshop;
  std::optional<ViolationId> before;
  int limit = 0;
};

class LicencesRepository {
 public:
  explicit LicencesRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first; `before`: only those that came before this one.
  Awaitable<std::vector<Subscription>> list(WorkshopId workshop, std::optional<SubscriptionId> before, int limit,
                                            Timestamp now);
  Awaitable<std::optional<WorkshopId>> workshop_of(SubscriptionId subscription);

  // Inside a transaction.
  static Awaitable<std::optional<Subscription>> lock(postgres::Transaction& tx, SubscriptionId subscription,
                                                     Timestamp now);
  // Status, plan, fee, end and payment.
  static Awaitable<> save(postgres::Transaction& tx, Subscription subscription);

  // Across workshops.
  Awaitable<> record(std::vector<ViolationCount> counts);
  Awaitable<std::vector<LicenceViolation>> violations(ViolationFilter filter);
  Awaitable<> forget_old_violations();

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> licence_statements();

}  // namespace pitview::licences
