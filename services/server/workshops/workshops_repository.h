// Workshops in PostgreSQL. The server reads one at a time under row-level security and
// sets what its owner may set; what the platform decides goes through the functions of
// schema `platform`, which ask for a super administrator.
#pragma once

#include <span>

#include "app/database.h"
#include "pitview/base/crypto.h"
#include "workshops/workshop.h"

namespace pitview::workshops {

struct NewWorkshopRow {
  UserId by;
  std::string name;
  std::string address;
  std::string phone;
  std::string timezone;
  std::string language;
  std::string plan;
  Timestamp trial_ends_at;
};

struct NewOwner {
  std::string username;
  std::string display_name;
  std::string email;
  std::string phone;  // E.164
  std::string password_hash;
  Timestamp password_expires_at;
};

struct SuspendedWorkshop {
  WorkshopId id;
  std::string code;
};

class WorkshopsRepository {
 public:
  explicit WorkshopsRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // Across workshops.
  Awaitable<std::vector<WorkshopAccount>> list(std::optional<std::string> status, std::optional<WorkshopId> before,
                                               int limit);
  Awaitable<WorkshopId> next_id();
  Awaitable<bool> is_timezone(std::string name);
  Awaitable<std::vector<SuspendedWorkshop>> apply_due_suspensions();

  Awaitable<std::optional<WorkshopAccount>> find(WorkshopId workshop);
  Awaitable<std::optional<WorkshopSettings>> settings(WorkshopId workshop);

  // Inside a transaction of the workshop.
  static Awaitable<std::optional<WorkshopAccount>> lock(postgres::Transaction& tx, WorkshopId workshop);
  static Awaitable<std::optional<WorkshopSettings>> lock_settings(postgres::Transaction& tx, WorkshopId workshop);
  // The code. QueryFailed (42501) unless `by` is a super administrator.
  static Awaitable<std::string> create(postgres::Transaction& tx, NewWorkshopRow row);
  // With the work types everyone begins with, and pits 1 to `pits`.
  static Awaitable<> furnish(postgres::Transaction& tx, WorkshopId workshop, int pits);
  // Empty when the username is taken.
  static Awaitable<std::optional<UserId>> add_owner(postgres::Transaction& tx, WorkshopId workshop, NewOwner owner,
                                                    const crypto::Key256& data_key);
  // Likewise 42501.
  static Awaitable<> save(postgres::Transaction& tx, WorkshopAccount workshop, UserId by);
  // Gives its plan and its end to the licences of all devices.
  static Awaitable<> save_licences(postgres::Transaction& tx, WorkshopAccount workshop);
  static Awaitable<> save_settings(postgres::Transaction& tx, WorkshopSettings settings);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> workshop_statements();

}  // namespace pitview::workshops
