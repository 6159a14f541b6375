#include "workshops/workshops_repository.h"

#include <array>
#include <stdexcept>

#include "auth/sealed_phone.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::workshops {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

constexpr Statement kList{"list_workshops", R"sql(
  SELECT id, code, name, address, phone, timezone, language, plan, subscription_status, status_since, status_reason,
         status_before, suspend_requested_at, subscription_expires_at, created_at, owner_id, owner_username, owner_name,
         owner_email, pits, devices, running_jobs
  FROM platform.list_workshops($1, $2, $3))sql"};

// The platform's own row is none of the workshops.
constexpr Statement kFind{"find_workshop", R"sql(
  SELECT w.id, w.code, w.name, w.address, w.phone, w.timezone, w.language, w.plan, w.subscription_status,
         w.status_since, w.status_reason, w.status_before, w.suspend_requested_at, w.subscription_expires_at,
         w.created_at, w.owner_id, u.username AS owner_username, u.display_name AS owner_name, u.email AS owner_email,
         (SELECT count(*) FROM pits p WHERE p.status <> 'disabled') AS pits,
         (SELECT count(*) FROM devices d WHERE d.status <> 'retired') AS devices,
         (SELECT count(*) FROM jobs j WHERE j.status IN ('in_progress', 'on_hold', 'quality_check')) AS running_jobs
  FROM workshops w LEFT JOIN users u ON u.id = w.owner_id
  WHERE w.id = $1 AND w.id <> 1)sql"};

constexpr Statement kLock{"lock_workshop", "SELECT 1 FROM workshops WHERE id = $1 FOR NO KEY UPDATE"};

constexpr Statement kSettings{"find_workshop_settings", R"sql(
  SELECT id, code, name, address, phone, timezone, language, working_hours, baseline_calls_per_job, recording_days,
         record_always, plan, subscription_status, subscription_expires_at, suspend_requested_at
  FROM workshops WHERE id = $1)sql"};

constexpr Statement kSaveSettings{"save_workshop_settings", R"sql(
  UPDATE workshops SET name = $2, address = $3, phone = $4, timezone = $5, language = $6, working_hours = $7::jsonb,
         baseline_calls_per_job = $8, recording_days = $9, record_always = $10
  WHERE id = $1)sql"};

constexpr Statement kNextId{"next_workshop_id", "SELECT platform.next_workshop_id()"};
constexpr Statement kCreate{"create_workshop", "SELECT platform.create_workshop($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr Statement kWorkTypes{"add_default_work_types", "SELECT platform.add_default_work_types($1)"};
constexpr Statement kAddPits{"add_first_pits", R"sql(
  INSERT INTO pits (workshop_id, pit_number, name) SELECT $1, n, 'Pit ' || n FROM generate_series(1, $2::integer) n)sql"};
constexpr Statement kAddOwner{"add_owner", R"sql(
  INSERT INTO users (workshop_id, username, display_name, email, phone_sealed, phone_lookup, role, password_hash,
                     must_change_password, password_expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, 'owner', $7, true, $8) ON CONFLICT DO NOTHING RETURNING id)sql"};
constexpr Statement kSetOwner{"set_owner", "UPDATE workshops SET owner_id = $2 WHERE id = $1"};
constexpr Statement kSave{"save_workshop", "SELECT platform.save_workshop($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
// What is over stays over.
constexpr Statement kSaveLicences{"save_licences_of_workshop", R"sql(
  UPDATE subscriptions SET plan = $1, expires_at = coalesce($2, expires_at) WHERE status <> 'expired')sql"};
constexpr Statement kApplyDue{"apply_due_suspensions",
                              "SELECT workshop_id, code FROM platform.apply_due_suspensions()"};
constexpr Statement kIsTimezone{"is_timezone", "SELECT platform.is_timezone($1)"};

constexpr std::array kStatements = {kList,     kFind,   kLock,         kSettings, kSaveSettings,
                                    kNextId,   kCreate, kWorkTypes,    kAddPits,  kAddOwner,
                                    kSetOwner, kSave,   kSaveLicences, kApplyDue, kIsTimezone};

std::optional<WorkshopOwner> owner_of(const Row& row) {
  const auto id = row.get<std::optional<UserId>>("owner_id");
  if (!id) return std::nullopt;
  return WorkshopOwner{.user_id = *id,
                       .username = row.get<std::string>("owner_username"),
                       .display_name = row.get<std::string>("owner_name"),
                       .email = row.get<std::optional<std::string>>("owner_email")};
}

WorkshopAccount account_of(const Row& row) {
  return {.id = row.get<WorkshopId>("id"),
          .code = row.get<std::string>("code"),
          .name = row.get<std::string>("name"),
          .address = row.get<std::string>("address"),
          .phone = row.get<std::string>("phone"),
          .timezone = row.get<std::string>("timezone"),
          .language = row.get<std::string>("language"),
          .plan = row.get<std::string>("plan"),
          .subscription_status = row.get<std::string>("subscription_status"),
          .status_since = row.get<Timestamp>("status_since"),
          .status_reason = row.get<std::string>("status_reason"),
          .status_before = row.get<std::optional<std::string>>("status_before"),
          .suspend_requested_at = row.get<std::optional<Timestamp>>("suspend_requested_at"),
          .subscription_expires_at = row.get<std::optional<Timestamp>>("subscription_expires_at"),
          .created_at = row.get<Timestamp>("created_at"),
          .owner = owner_of(row),
          .pits = row.get<std::int64_t>("pits"),
          .devices = row.get<std::int64_t>("devices"),
          .running_jobs = row.get<std::int64_t>("running_jobs")};
}

std::optional<WorkshopAccount> only_account(const Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return account_of(*row);
}

std::optional<WorkshopSettings> only_settings(const Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  auto hours = json::read<std::vector<OpenHours>>(row->get<std::string>("working_hours"));
  if (!hours) throw std::runtime_error("workshops.working_hours holds something else");
  return WorkshopSettings{.id = row->get<WorkshopId>("id"),
                          .code = row->get<std::string>("code"),
                          .name = row->get<std::string>("name"),
                          .address = row->get<std::string>("address"),
                          .phone = row->get<std::string>("phone"),
                          .timezone = row->get<std::string>("timezone"),
                          .language = row->get<std::string>("language"),
                          .working_hours = std::move(*hours),
                          .baseline_calls_per_job = row->get<std::optional<double>>("baseline_calls_per_job"),
                          .recording_days = row->get<int>("recording_days"),
                          .record_always = row->get<bool>("record_always"),
                          .plan = row->get<std::string>("plan"),
                          .subscription_status = row->get<std::string>("subscription_status"),
                          .subscription_expires_at = row->get<std::optional<Timestamp>>("subscription_expires_at"),
                          .suspend_requested_at = row->get<std::optional<Timestamp>>("suspend_requested_at")};
}

}  // namespace

std::span<const Statement> workshop_statements() { return kStatements; }

Awaitable<std::vector<WorkshopAccount>> WorkshopsRepository::list(std::optional<std::string> status,
                                                                  std::optional<WorkshopId> before, int limit) {
  std::vector<WorkshopAccount> workshops;
  const Rows rows = co_await database_.here().read_platform(kList, status, before, limit);
  for (const Row row : rows) workshops.push_back(account_of(row));
  co_return workshops;
}

Awaitable<WorkshopId> WorkshopsRepository::next_id() {
  auto tx = co_await database_.here().begin_platform();
  co_return (co_await tx.query_and_commit(kNextId))[0].get<WorkshopId>(0);
}

Awaitable<bool> WorkshopsRepository::is_timezone(std::string name) {
  co_return (co_await database_.here().read_platform(kIsTimezone, name))[0].get<bool>(0);
}

Awaitable<std::vector<SuspendedWorkshop>> WorkshopsRepository::apply_due_suspensions() {
  std::vector<SuspendedWorkshop> suspended;
  auto tx = co_await database_.here().begin_platform();
  const Rows rows = co_await tx.query_and_commit(kApplyDue);
  for (const Row row : rows) suspended.push_back({row.get<WorkshopId>("workshop_id"), row.get<std::string>("code")});
  co_return suspended;
}

Awaitable<std::optional<WorkshopAccount>> WorkshopsRepository::find(WorkshopId workshop) {
  co_return only_account(co_await database_.here().read(workshop, kFind, workshop));
}

Awaitable<std::optional<WorkshopSettings>> WorkshopsRepository::settings(WorkshopId workshop) {
  co_return only_settings(co_await database_.here().read(workshop, kSettings, workshop));
}

Awaitable<std::optional<WorkshopAccount>> WorkshopsRepository::lock(Transaction& tx, WorkshopId workshop) {
  co_await tx.query(kLock, workshop);
  co_return only_account(co_await tx.query(kFind, workshop));
}

Awaitable<std::optional<WorkshopSettings>> WorkshopsRepository::lock_settings(Transaction& tx, WorkshopId workshop) {
  co_await tx.query(kLock, workshop);
  co_return only_settings(co_await tx.query(kSettings, workshop));
}

Awaitable<std::string> WorkshopsRepository::create(Transaction& tx, NewWorkshopRow row) {
  const Rows rows = co_await tx.query(kCreate, row.by, row.name, row.address, row.phone, row.timezone, row.language,
                                      row.plan, row.trial_ends_at);
  co_return rows[0].get<std::string>(0);
}

Awaitable<> WorkshopsRepository::furnish(Transaction& tx, WorkshopId workshop, int pits) {
  co_await tx.query(kWorkTypes, workshop);
  co_await tx.execute(kAddPits, workshop, pits);
}

Awaitable<std::optional<UserId>> WorkshopsRepository::add_owner(Transaction& tx, WorkshopId workshop, NewOwner owner,
                                                                const crypto::Key256& data_key) {
  const auth::SealedPhone phone = auth::seal_phone(data_key, owner.phone);
  const auto row = (co_await tx.query(kAddOwner, workshop, owner.username, owner.display_name, owner.email,
                                      phone.sealed, phone.lookup, owner.password_hash, owner.password_expires_at))
                       .first();
  if (!row) co_return std::nullopt;
  const auto user = row->get<UserId>(0);
  co_await tx.execute(kSetOwner, workshop, user);
  co_return user;
}

Awaitable<> WorkshopsRepository::save(Transaction& tx, WorkshopAccount w, UserId by) {
  co_await tx.query(kSave, by, w.name, w.address, w.phone, w.plan, w.subscription_status, w.status_reason,
                    w.status_before, w.suspend_requested_at, w.subscription_expires_at);
}

Awaitable<> WorkshopsRepository::save_licences(Transaction& tx, WorkshopAccount w) {
  co_await tx.execute(kSaveLicences, w.plan, w.subscription_expires_at);
}

Awaitable<> WorkshopsRepository::save_settings(Transaction& tx, WorkshopSettings s) {
  co_await tx.execute(kSaveSettings, s.id, s.name, s.address, s.phone, s.timezone, s.language,
                      json::write(s.working_hours), s.baseline_calls_per_job, s.recording_days, s.record_always);
}

}  // namespace pitview::workshops
