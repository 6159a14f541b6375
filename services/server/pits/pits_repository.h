#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/database.h"
#include "pits/pit.h"
#include "pitview/domain/principal.h"

namespace pitview::pits {

class PitsRepository {
 public:
  explicit PitsRepository(app::Database& database) : database_(database) {}

  // All pits of the workshop by number, with device and camera.
  Awaitable<std::vector<Pit>> list(WorkshopId workshop, Timestamp now);

  Awaitable<bool> exists(WorkshopId workshop, PitId pit);

  // What the principal may see inside its workshop, as it stands now: everything,
  // the permitted pits of an operator, or the pit where a customer's job runs and
  // the jobs a customer may still read of, until 30 days after their end.
  Awaitable<Scope> scope_of(Principal principal);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> pit_statements();

}  // namespace pitview::pits
