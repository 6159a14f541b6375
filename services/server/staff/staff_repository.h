#pragma once

#include <span>

#include "app/database.h"
#include "pitview/base/crypto.h"
#include "staff/staff.h"

namespace pitview::staff {

struct TemporaryHash {
  std::string hash;
  Timestamp expires_at;
};

class StaffRepository {
 public:
  StaffRepository(app::Database& database, const crypto::Key256& data_key) : database_(database), data_key_(data_key) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // In the order of their accounts, those after `after`.
  Awaitable<std::vector<Staff>> list(WorkshopId workshop, std::optional<UserId> after, int limit);
  Awaitable<std::optional<Staff>> find(WorkshopId workshop, UserId user);

  // With the account locked until the transaction ends.
  Awaitable<std::optional<Staff>> lock(postgres::Transaction& tx, UserId user);
  static Awaitable<int> count(postgres::Transaction& tx);
  // Empty when the username is taken, in whichever workshop.
  Awaitable<std::optional<UserId>> insert(postgres::Transaction& tx, WorkshopId workshop, NewStaff staff,
                                          TemporaryHash password, Timestamp now);
  // Name, e-mail, phone, role and disabled.
  Awaitable<> save(postgres::Transaction& tx, Staff staff, Timestamp now);
  static Awaitable<> set_password(postgres::Transaction& tx, UserId user, TemporaryHash password);

  // The index of the first that is no pit of the workshop.
  static Awaitable<std::optional<std::size_t>> first_unknown(postgres::Transaction& tx, std::vector<PitId> pits);
  static Awaitable<> set_pits(postgres::Transaction& tx, WorkshopId workshop, UserId user, std::vector<PitId> pits);

 private:
  Staff staff_of(const postgres::Row& row) const;

  app::Database& database_;
  const crypto::Key256& data_key_;
};

std::span<const postgres::Statement> staff_statements();

}  // namespace pitview::staff
