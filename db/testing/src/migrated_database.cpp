#include "pitview/db/testing/migrated_database.h"

#include <string>

#include "pitview/base/crypto.h"
#include "pitview/db/migrations.h"

namespace pitview::db::testing {

using postgres::Bytes;
using postgres::Rows;

namespace {

std::string migrated(std::string conninfo) {
  postgres::migrate(conninfo, migrations());
  return conninfo;
}

}  // namespace

MigratedDatabase::MigratedDatabase() : owner_(migrated(owner())) {}

WorkshopId MigratedDatabase::add_workshop(std::string_view code) {
  return db()
      .query("INSERT INTO workshops (code, name, subscription_status) VALUES ($1, $2, 'active') RETURNING id", code,
             code)[0]
      .get<WorkshopId>(0);
}

PitId MigratedDatabase::add_pit(WorkshopId workshop, int pit_number) {
  return db()
      .query("INSERT INTO pits (workshop_id, pit_number, name) VALUES ($1, $2, $3) RETURNING id", workshop, pit_number,
             "Pit " + std::to_string(pit_number))[0]
      .get<PitId>(0);
}

UserId MigratedDatabase::add_user(WorkshopId workshop, std::string_view username, std::string_view role) {
  return db()
      .query(
          "INSERT INTO users (workshop_id, username, display_name, password_hash, role)"
          " VALUES ($1, $2, $3, 'not-a-hash', $4) RETURNING id",
          workshop, username, username, role)[0]
      .get<UserId>(0);
}

DeviceKey MigratedDatabase::add_device(WorkshopId workshop, std::string_view device_id) {
  const auto device =
      db().query("INSERT INTO devices (workshop_id, device_id, license_hash) VALUES ($1, $2, $3) RETURNING id",
                 workshop, device_id, Bytes(crypto::sha256(device_id)))[0]
          .get<DeviceKey>(0);
  db().query(
      "INSERT INTO subscriptions (workshop_id, device_key, monthly_fee_paise, expires_at)"
      " VALUES ($1, $2, 150000, now() + interval '30 days')",
      workshop, device);
  return device;
}

void MigratedDatabase::assign(WorkshopId workshop, DeviceKey device, PitId pit) {
  db().query(
      "INSERT INTO device_assignments (workshop_id, device_key, pit_id, assigned_at)"
      " VALUES ($1, $2, $3, now() - interval '1 year')",
      workshop, device, pit);
}

JobId MigratedDatabase::add_job(WorkshopId workshop, PitId pit, UserId customer, std::string_view status) {
  return db()
      .query(
          "INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type, status,"
          " estimated_duration_minutes, actual_start_time, actual_end_time)"
          " VALUES ($1, $2, $3, 'John Doe', 'Model', 'HR 26 AB 1234', 'Full PPF', $4::text, 360,"
          " CASE WHEN $4::text <> 'waiting' THEN now() END, CASE WHEN $4::text = 'completed' THEN now() END)"
          " RETURNING id",
          workshop, pit, customer, status)[0]
      .get<JobId>(0);
}

}  // namespace pitview::db::testing
