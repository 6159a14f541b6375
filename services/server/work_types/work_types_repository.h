// Work types in PostgreSQL; the workshop is that of the transaction.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/database.h"
#include "work_types/work_type.h"

namespace pitview::work_types {

class WorkTypesRepository {
 public:
  explicit WorkTypesRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // In the order of the workshop's list, those behind `after`.
  Awaitable<std::vector<WorkType>> list(WorkshopId workshop, std::optional<WorkTypeId> after, int limit);
  Awaitable<std::optional<WorkType>> find(WorkshopId workshop, WorkTypeId id);

  // Inside a transaction. What writes them waits for lock_list() first: two that
  // count, or take a name, at once would both be right.
  static Awaitable<> lock_list(postgres::Transaction& tx, WorkshopId workshop);
  static Awaitable<int> count(postgres::Transaction& tx);
  static Awaitable<std::optional<WorkType>> find(postgres::Transaction& tx, WorkTypeId id);
  // True when another one than `id` has that name, whatever its case.
  static Awaitable<bool> is_taken(postgres::Transaction& tx, std::string name, WorkTypeId id);
  // Last in the list; `work.id` is not looked at.
  static Awaitable<WorkTypeId> insert(postgres::Transaction& tx, WorkType work);
  // All of it but its place in the list.
  static Awaitable<> replace(postgres::Transaction& tx, WorkType work);
  static Awaitable<> remove(postgres::Transaction& tx, WorkTypeId id);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> work_type_statements();

}  // namespace pitview::work_types
