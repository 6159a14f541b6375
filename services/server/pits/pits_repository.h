#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/database.h"
#include "pits/pit.h"
#include "pitview/domain/principal.h"

namespace pitview::pits {

// What the workshop may set of a pit.
struct PitSettings {
  PitId id;
  int pit_number = 0;
  std::string name;
  std::string status;  // active, disabled, maintenance
};

class PitsRepository {
 public:
  explicit PitsRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // All pits of the workshop by number, with device and camera.
  Awaitable<std::vector<Pit>> list(WorkshopId workshop, Timestamp now);

  Awaitable<bool> exists(WorkshopId workshop, PitId pit);

  // What the principal may see inside its workshop, as it stands now: everything,
  // the permitted pits of an operator, or the pit where a customer's job runs and
  // the jobs a customer may still read of, until 30 days after their end.
  Awaitable<Scope> scope_of(Principal principal);

  // Empty when there is no such pit.
  Awaitable<std::optional<Camera>> camera(WorkshopId workshop, PitId pit);

  // Inside a transaction.
  // With the next number and "Pit 4" where nothing is asked for; empty when the number is taken or beyond 999.
  static Awaitable<std::optional<PitSettings>> insert(postgres::Transaction& tx, WorkshopId workshop,
                                                      std::optional<int> number, std::optional<std::string> name);
  static Awaitable<std::optional<PitSettings>> lock(postgres::Transaction& tx, PitId pit);
  // QueryFailed (pits_workshop_id_pit_number_key) when the number is taken.
  static Awaitable<> save(postgres::Transaction& tx, PitSettings pit);
  // Waiting or running.
  static Awaitable<bool> has_open_job(postgres::Transaction& tx, PitId pit);
  // All three empty: none.
  static Awaitable<> set_camera(postgres::Transaction& tx, PitId pit, std::optional<std::string> model,
                                std::optional<std::string> ip, std::optional<std::string> sealed_url);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> pit_statements();

}  // namespace pitview::pits
