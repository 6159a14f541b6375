// A customer is let in while there is something to see: a job that is not over,
// or not longer than 30 days (decision D23).
#pragma once

#include <span>

#include "app/database.h"
#include "auth/customer_check.h"

namespace pitview::customers {

class CustomerAccess final : public auth::CustomerCheck {
 public:
  explicit CustomerAccess(app::Database& database) : database_(database) {}

  Awaitable<bool> has_access(WorkshopId workshop, UserId customer) override;

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> customer_access_statements();

}  // namespace pitview::customers
