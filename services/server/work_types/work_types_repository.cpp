#include "work_types/work_types_repository.h"

#include <array>

#include "pitview/json/write.h"

namespace pitview::work_types {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

// A row for each stage; what a work type and a stage call the same has s_ before it in the stage.
#define WITH_STAGES                                                                                               \
  "SELECT t.id, t.workshop_id, t.name, t.default_minutes, t.temperature_min, t.temperature_max, t.humidity_min, " \
  "t.humidity_max, t.dew_margin_min, t.aqi_max, s.position, s.name AS s_name, s.weight, s.sentence, "             \
  "s.temperature_min AS s_temperature_min, s.temperature_max AS s_temperature_max, "                              \
  "s.humidity_min AS s_humidity_min, s.humidity_max AS s_humidity_max, s.dew_margin_min AS s_dew_margin_min, "    \
  "s.aqi_max AS s_aqi_max FROM "
#define STAGES " t LEFT JOIN template_stages s ON s.template_id = t.id ORDER BY t.position, t.id, s.position"

constexpr Statement kList{
    "list_work_types", WITH_STAGES
    "(SELECT * FROM work_type_templates w WHERE $1::bigint IS NULL OR (w.position, w.id) > "
    "(SELECT a.position, a.id FROM work_type_templates a WHERE a.id = $1) ORDER BY w.position, w.id LIMIT $2)" STAGES};

constexpr Statement kFind{"find_work_type", WITH_STAGES "(SELECT * FROM work_type_templates w WHERE w.id = $1)" STAGES};

#undef WITH_STAGES
#undef STAGES

constexpr Statement kLockList{
    "lock_work_types", "SELECT pg_advisory_xact_lock(hashtext('work_types'), ($1::bigint % 2147483647)::integer)"};

constexpr Statement kCount{"count_work_types", "SELECT count(*)::integer FROM work_type_templates"};

constexpr Statement kIsTaken{"work_type_is_taken",
                             "SELECT 1 FROM work_type_templates WHERE lower(name) = lower($1) AND id <> $2"};

constexpr Statement kInsert{"insert_work_type", R"sql(
  INSERT INTO work_type_templates (workshop_id, name, default_minutes, position, temperature_min, temperature_max,
                                   humidity_min, humidity_max, dew_margin_min, aqi_max)
  VALUES ($1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM work_type_templates), $4, $5, $6, $7, $8, $9)
  RETURNING id)sql"};

constexpr Statement kUpdate{"update_work_type", R"sql(
  UPDATE work_type_templates
  SET name = $2, default_minutes = $3, temperature_min = $4, temperature_max = $5, humidity_min = $6,
      humidity_max = $7, dew_margin_min = $8, aqi_max = $9
  WHERE id = $1)sql"};

constexpr Statement kRemoveStages{"remove_template_stages", "DELETE FROM template_stages WHERE template_id = $1"};

// $3: the stages as they are written for clients, in their order.
constexpr Statement kInsertStages{"insert_template_stages", R"sql(
  INSERT INTO template_stages (workshop_id, template_id, position, name, weight, sentence, temperature_min,
                               temperature_max, humidity_min, humidity_max, dew_margin_min, aqi_max)
  SELECT $1, $2, s.position, s.stage->>'name', (s.stage->>'weight')::integer, s.stage->>'sentence',
         (s.stage#>>'{spec,temperature_min}')::float8, (s.stage#>>'{spec,temperature_max}')::float8,
         (s.stage#>>'{spec,humidity_min}')::float8, (s.stage#>>'{spec,humidity_max}')::float8,
         (s.stage#>>'{spec,dew_point_margin_min}')::float8, (s.stage#>>'{spec,aqi_max}')::integer
  FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS s (stage, position))sql"};

constexpr Statement kRemove{"remove_work_type", "DELETE FROM work_type_templates WHERE id = $1"};

constexpr std::array kStatements = {kList,   kFind,   kLockList,     kCount,        kIsTaken,
                                    kInsert, kUpdate, kRemoveStages, kInsertStages, kRemove};

AirSpec spec_of(const Row& row, const std::string& prefix) {
  const auto number = [&](const char* column) { return row.get<std::optional<double>>(prefix + column); };
  return {.temperature_min = number("temperature_min"),
          .temperature_max = number("temperature_max"),
          .humidity_min = number("humidity_min"),
          .humidity_max = number("humidity_max"),
          .dew_point_margin_min = number("dew_margin_min"),
          .aqi_max = row.get<std::optional<int>>(prefix + "aqi_max")};
}

std::vector<WorkType> work_types_of(const Rows& rows) {
  std::vector<WorkType> all;
  for (const Row row : rows) {
    const auto id = row.get<WorkTypeId>("id");
    if (all.empty() || all.back().id != id)
      all.push_back({.id = id,
                     .workshop_id = row.get<WorkshopId>("workshop_id"),
                     .name = row.get<std::string>("name"),
                     .default_minutes = row.get<std::optional<int>>("default_minutes"),
                     .spec = spec_of(row, "")});
    if (const auto position = row.get<std::optional<int>>("position"))
      all.back().stages.push_back({.position = *position,
                                   .name = row.get<std::string>("s_name"),
                                   .weight = row.get<int>("weight"),
                                   .sentence = row.get<std::string>("sentence"),
                                   .spec = spec_of(row, "s_")});
  }
  return all;
}

std::optional<WorkType> only(std::vector<WorkType> all) {
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

}  // namespace

std::span<const Statement> work_type_statements() { return kStatements; }

Awaitable<std::vector<WorkType>> WorkTypesRepository::list(WorkshopId workshop, std::optional<WorkTypeId> after,
                                                           int limit) {
  co_return work_types_of(co_await database_.here().read(workshop, kList, after, limit));
}

Awaitable<std::optional<WorkType>> WorkTypesRepository::find(WorkshopId workshop, WorkTypeId id) {
  co_return only(work_types_of(co_await database_.here().read(workshop, kFind, id)));
}

Awaitable<> WorkTypesRepository::lock_list(Transaction& tx, WorkshopId workshop) {
  co_await tx.query(kLockList, workshop);
}

Awaitable<int> WorkTypesRepository::count(Transaction& tx) { co_return (co_await tx.query(kCount))[0].get<int>(0); }

Awaitable<std::optional<WorkType>> WorkTypesRepository::find(Transaction& tx, WorkTypeId id) {
  co_return only(work_types_of(co_await tx.query(kFind, id)));
}

Awaitable<bool> WorkTypesRepository::is_taken(Transaction& tx, std::string name, WorkTypeId id) {
  co_return !(co_await tx.query(kIsTaken, name, id)).empty();
}

Awaitable<WorkTypeId> WorkTypesRepository::insert(Transaction& tx, WorkType work) {
  const AirSpec& spec = work.spec;
  const Rows rows = co_await tx.query(kInsert, work.workshop_id, work.name, work.default_minutes, spec.temperature_min,
                                      spec.temperature_max, spec.humidity_min, spec.humidity_max,
                                      spec.dew_point_margin_min, spec.aqi_max);
  const auto id = rows[0].get<WorkTypeId>(0);
  co_await tx.execute(kInsertStages, work.workshop_id, id, json::write(work.stages));
  co_return id;
}

Awaitable<> WorkTypesRepository::replace(Transaction& tx, WorkType work) {
  const AirSpec& spec = work.spec;
  co_await tx.execute(kUpdate, work.id, work.name, work.default_minutes, spec.temperature_min, spec.temperature_max,
                      spec.humidity_min, spec.humidity_max, spec.dew_point_margin_min, spec.aqi_max);
  co_await tx.execute(kRemoveStages, work.id);
  co_await tx.execute(kInsertStages, work.workshop_id, work.id, json::write(work.stages));
}

Awaitable<> WorkTypesRepository::remove(Transaction& tx, WorkTypeId id) { co_await tx.execute(kRemove, id); }

}  // namespace pitview::work_types
