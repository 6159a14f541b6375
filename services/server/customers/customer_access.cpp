#include "customers/customer_access.h"

#include <array>

namespace pitview::customers {
namespace {

constexpr postgres::Statement kHasAccess{"customer_has_access", R"sql(
  SELECT EXISTS (SELECT FROM jobs
                 WHERE customer_id = $1 AND customer_access_ends(status, actual_end_time, updated_at) > now()))sql"};

constexpr std::array kStatements = {kHasAccess};

}  // namespace

std::span<const postgres::Statement> customer_access_statements() { return kStatements; }

Awaitable<bool> CustomerAccess::has_access(WorkshopId workshop, UserId customer) {
  const auto rows = co_await database_.here().read(workshop, kHasAccess, customer);
  co_return rows[0].get<bool>(0);
}

}  // namespace pitview::customers
