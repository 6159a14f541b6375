#include "staff/staff_repository.h"

#include <algorithm>
#include <array>

#include "auth/sealed_phone.h"

namespace pitview::staff {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Statement;
using postgres::Transaction;

#define STAFF_COLUMNS                                                                                              \
  "SELECT u.id, u.workshop_id, u.username, u.display_name, u.email, u.phone_sealed, u.role, "                      \
  "u.disabled_at IS NOT NULL AS disabled, u.must_change_password, u.created_at, u.last_login_at, "                 \
  "EXISTS (SELECT FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS second_factor, " \
  "ARRAY(SELECT p.pit_id FROM staff_pit_permissions p WHERE p.user_id = u.id ORDER BY p.pit_id) AS pit_ids "       \
  "FROM users u WHERE u.role IN ('owner', 'manager', 'operator') "

constexpr Statement kList{"list_staff", STAFF_COLUMNS "AND ($1::bigint IS NULL OR u.id > $1) ORDER BY u.id LIMIT $2"};
constexpr Statement kFind{"find_staff", STAFF_COLUMNS "AND u.id = $1"};
constexpr Statement kLock{"lock_staff", STAFF_COLUMNS "AND u.id = $1 FOR UPDATE OF u"};

#undef STAFF_COLUMNS

constexpr Statement kCount{"count_staff",
                           "SELECT count(*) FROM users WHERE role IN ('manager', 'operator') AND disabled_at IS NULL"};

constexpr Statement kInsert{"insert_staff", R"sql(
  INSERT INTO users (workshop_id, username, display_name, email, phone_sealed, phone_lookup, role, password_hash,
                     must_change_password, password_expires_at, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, $9, $10)
  ON CONFLICT DO NOTHING RETURNING id)sql"};

constexpr Statement kSave{"save_staff", R"sql(
  UPDATE users SET display_name = $2, email = $3, phone_sealed = $4, phone_lookup = $5, role = $6,
                   disabled_at = CASE WHEN $7 THEN coalesce(disabled_at, $8) END
  WHERE id = $1)sql"};

constexpr Statement kSetPassword{"set_temporary_password", R"sql(
  UPDATE users SET password_hash = $2, must_change_password = true, password_expires_at = $3 WHERE id = $1)sql"};

constexpr Statement kPitsOf{"pits_of_list", "SELECT id FROM pits WHERE id = ANY($1)"};

constexpr Statement kTakePits{"take_pits_from_staff",
                              "DELETE FROM staff_pit_permissions WHERE user_id = $1 AND pit_id <> ALL($2)"};

constexpr Statement kGivePits{"give_pits_to_staff", R"sql(
  INSERT INTO staff_pit_permissions (workshop_id, user_id, pit_id)
  SELECT $1, $2, pit FROM unnest($3::bigint[]) pit ON CONFLICT DO NOTHING)sql"};

constexpr std::array kStatements = {kList, kFind,        kLock,   kCount,    kInsert,
                                    kSave, kSetPassword, kPitsOf, kTakePits, kGivePits};

struct StoredPhone {
  std::optional<Bytes> sealed;
  std::optional<Bytes> lookup;
};

StoredPhone stored(const crypto::Key256& data_key, const std::optional<std::string>& phone) {
  if (!phone) return {};
  auth::SealedPhone sealed = auth::seal_phone(data_key, *phone);
  return {std::move(sealed.sealed), std::move(sealed.lookup)};
}

}  // namespace

std::span<const Statement> staff_statements() { return kStatements; }

Staff StaffRepository::staff_of(const Row& row) const {
  Staff staff{.id = row.get<UserId>("id"),
              .workshop_id = row.get<WorkshopId>("workshop_id"),
              .username = row.get<std::string>("username"),
              .display_name = row.get<std::string>("display_name"),
              .email = row.get<std::optional<std::string>>("email"),
              .role = row.get<std::string>("role"),
              .disabled = row.get<bool>("disabled"),
              .must_change_password = row.get<bool>("must_change_password"),
              .second_factor = row.get<bool>("second_factor"),
              .pit_ids = row.get<std::vector<PitId>>("pit_ids"),
              .created_at = row.get<Timestamp>("created_at"),
              .last_login_at = row.get<std::optional<Timestamp>>("last_login_at")};
  if (const auto sealed = row.get<std::optional<Bytes>>("phone_sealed"))
    staff.phone = auth::open_phone(data_key_, *sealed);
  return staff;
}

Awaitable<std::vector<Staff>> StaffRepository::list(WorkshopId workshop, std::optional<UserId> after, int limit) {
  std::vector<Staff> all;
  const postgres::Rows rows = co_await database_.here().read(workshop, kList, after, limit);
  for (const Row row : rows) all.push_back(staff_of(row));
  co_return all;
}

Awaitable<std::optional<Staff>> StaffRepository::find(WorkshopId workshop, UserId user) {
  const auto row = (co_await database_.here().read(workshop, kFind, user)).first();
  if (!row) co_return std::nullopt;
  co_return staff_of(*row);
}

Awaitable<std::optional<Staff>> StaffRepository::lock(Transaction& tx, UserId user) {
  const auto row = (co_await tx.query(kLock, user)).first();
  if (!row) co_return std::nullopt;
  co_return staff_of(*row);
}

Awaitable<int> StaffRepository::count(Transaction& tx) {
  const postgres::Rows rows = co_await tx.query(kCount);
  co_return static_cast<int>(rows[0].get<std::int64_t>(0));
}

Awaitable<std::optional<UserId>> StaffRepository::insert(Transaction& tx, WorkshopId workshop, NewStaff staff,
                                                         TemporaryHash password, Timestamp now) {
  const StoredPhone phone = stored(data_key_, staff.phone);
  const auto row = (co_await tx.query(kInsert, workshop, staff.username, staff.display_name, staff.email, phone.sealed,
                                      phone.lookup, name_of(staff.role), password.hash, password.expires_at, now))
                       .first();
  if (!row) co_return std::nullopt;
  co_return row->get<UserId>(0);
}

Awaitable<> StaffRepository::save(Transaction& tx, Staff staff, Timestamp now) {
  const StoredPhone phone = stored(data_key_, staff.phone);
  co_await tx.execute(kSave, staff.id, staff.display_name, staff.email, phone.sealed, phone.lookup, staff.role,
                      staff.disabled, now);
}

Awaitable<> StaffRepository::set_password(Transaction& tx, UserId user, TemporaryHash password) {
  co_await tx.execute(kSetPassword, user, password.hash, password.expires_at);
}

Awaitable<std::optional<std::size_t>> StaffRepository::first_unknown(Transaction& tx, std::vector<PitId> pits) {
  std::vector<PitId> known;
  const postgres::Rows rows = co_await tx.query(kPitsOf, pits);
  for (const Row row : rows) known.push_back(row.get<PitId>(0));
  for (std::size_t i = 0; i < pits.size(); ++i)
    if (std::find(known.begin(), known.end(), pits[i]) == known.end()) co_return i;
  co_return std::nullopt;
}

Awaitable<> StaffRepository::set_pits(Transaction& tx, WorkshopId workshop, UserId user, std::vector<PitId> pits) {
  co_await tx.execute(kTakePits, user, pits);
  co_await tx.execute(kGivePits, workshop, user, pits);
}

}  // namespace pitview::staff
