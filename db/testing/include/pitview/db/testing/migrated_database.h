// A scratch database with the newest schema, for one test.
#pragma once

#include <string_view>

#include "pitview/base/strong_id.h"
#include "pitview/postgres/blocking_connection.h"
#include "pitview/postgres/testing/scratch_database.h"

namespace pitview::db::testing {

class MigratedDatabase : public postgres::testing::ScratchDatabase {
 public:
  MigratedDatabase();

  // As pitview_owner: sees and writes every workshop.
  postgres::BlockingConnection& db() noexcept { return owner_; }

  // Rows with the least that their tables ask for; each call makes another one.
  WorkshopId add_workshop(std::string_view code);
  PitId add_pit(WorkshopId workshop, int pit_number);
  UserId add_user(WorkshopId workshop, std::string_view username, std::string_view role);
  // Active, with an active subscription.
  DeviceKey add_device(WorkshopId workshop, std::string_view device_id);
  // Since a year ago.
  void assign(WorkshopId workshop, DeviceKey device, PitId pit);
  JobId add_job(WorkshopId workshop, PitId pit, UserId customer, std::string_view status = "waiting");

 private:
  postgres::BlockingConnection owner_;
};

}  // namespace pitview::db::testing
