// Registering, claiming and telling devices: what crosses workshops, and what does not.
#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::BlockingConnection;
using postgres::QueryFailed;
using postgres::Rows;

constexpr const char* kDevice = "ESP32-0000000000A1";
constexpr const char* kRegister =
    "SELECT platform.register_batch($1, 'D1', now() + interval '1 day', $2, ARRAY['ESP32-0000000000A1',"
    " 'ESP32-0000000000A2'], ARRAY[repeat('01', 32), repeat('02', 32)], ARRAY['aa', 'ab'], ARRAY['ba', 'bb'],"
    " ARRAY[encode(sha256('CODE'), 'hex'), encode(sha256('EDOC'), 'hex')])";

class Devices : public ::testing::Test {
 protected:
  Devices() { app_.query(kRegister, "first", platform_user_); }

  void scope(BlockingConnection& app, WorkshopId workshop) {
    app.run_script("BEGIN; SET LOCAL pitview.workshop_id = " + std::to_string(workshop.value));
  }

  static std::string outcome(BlockingConnection& app, std::string_view code, const char* device = kDevice) {
    return app.query("SELECT outcome FROM platform.claim_device($1, sha256($2::bytea))", device, code)[0]
        .get<std::string>(0);
  }

  // In a transaction of its own.
  std::string claim(WorkshopId workshop, std::string_view code, const char* device = kDevice) {
    scope(app_, workshop);
    std::string answer = outcome(app_, code, device);
    app_.run_script("COMMIT");
    return answer;
  }

  WorkshopId workshop_of(const char* device) {
    return database_.db().query("SELECT workshop_id FROM devices WHERE device_id = $1", device)[0].get<WorkshopId>(0);
  }

  std::int64_t count(WorkshopId workshop, const std::string& sql) {
    scope(app_, workshop);
    const auto rows = app_.query("SELECT count(*) FROM (" + sql + ") q")[0].get<std::int64_t>(0);
    app_.run_script("ROLLBACK");
    return rows;
  }

  testing::MigratedDatabase database_;
  WorkshopId mine_ = database_.add_workshop("workshop_001");
  WorkshopId theirs_ = database_.add_workshop("workshop_002");
  UserId platform_user_ = database_.add_user(WorkshopId(1), "platform", "super_admin");
  UserId owner_ = database_.add_user(mine_, "owner", "owner");
  BlockingConnection app_{database_.app()};
};

TEST_F(Devices, belong_to_the_platform_until_they_are_claimed) {
  EXPECT_EQ(workshop_of(kDevice), WorkshopId(1));
  EXPECT_EQ(count(mine_, "SELECT FROM devices"), 0);
  EXPECT_EQ(app_.query("SELECT * FROM platform.device_directory()").size(), 0);
  EXPECT_EQ(app_.query("SELECT * FROM platform.broker_devices(NULL)").size(), 0);
  EXPECT_EQ(claim(mine_, "CODE"), "claimed");
  EXPECT_EQ(workshop_of(kDevice), mine_);
  EXPECT_EQ(count(mine_, "SELECT FROM devices"), 1);
  EXPECT_EQ(count(theirs_, "SELECT FROM devices"), 0);
  EXPECT_EQ(app_.query("SELECT * FROM platform.broker_devices(NULL)").size(), 1);
}

TEST_F(Devices, are_registered_by_the_platform_all_or_none) {
  EXPECT_THROW(app_.query(kRegister, "by an owner", owner_), QueryFailed);
  EXPECT_THROW(app_.query(kRegister, "again", platform_user_), QueryFailed);
  EXPECT_EQ(database_.db().query("SELECT FROM platform.device_batches").size(), 1);
  EXPECT_EQ(database_.db().query("SELECT FROM devices").size(), 2);
  EXPECT_EQ(
      app_.query("SELECT device_id FROM platform.known_devices(ARRAY['ESP32-0000000000A1', 'ESP32-FFFFFFFFFFFF'])")
          .size(),
      1);
}

TEST_F(Devices, are_claimed_with_their_own_code_once_and_in_time) {
  EXPECT_EQ(claim(mine_, "EDOC"), "invalid");
  EXPECT_EQ(claim(mine_, "CODE", "ESP32-FFFFFFFFFFFF"), "invalid");
  database_.db().query("UPDATE devices SET claim_expires_at = now() WHERE device_id = $1", kDevice);
  EXPECT_EQ(claim(mine_, "CODE"), "expired");
  database_.db().query("UPDATE devices SET claim_expires_at = now() + interval '1 hour' WHERE device_id = $1", kDevice);
  EXPECT_EQ(claim(mine_, "CODE"), "claimed");
  EXPECT_EQ(claim(theirs_, "CODE"), "used");
  EXPECT_EQ(claim(theirs_, "EDOC"), "invalid");
  EXPECT_EQ(workshop_of(kDevice), mine_);
}

TEST_F(Devices, are_claimed_for_the_workshop_of_the_transaction_only) {
  EXPECT_THROW(outcome(app_, "CODE"), QueryFailed);
  scope(app_, WorkshopId(1));
  EXPECT_THROW(outcome(app_, "CODE"), QueryFailed);
  app_.run_script("ROLLBACK");
  EXPECT_EQ(workshop_of(kDevice), WorkshopId(1));
}

TEST_F(Devices, claimed_without_a_commit_are_not_claimed) {
  scope(app_, mine_);
  EXPECT_EQ(outcome(app_, "CODE"), "claimed");
  app_.run_script("ROLLBACK");
  EXPECT_EQ(claim(theirs_, "CODE"), "claimed");
}

TEST_F(Devices, without_a_code_cannot_be_claimed) {
  database_.add_device(WorkshopId(1), "ESP32-0000000000B1");
  scope(app_, mine_);
  EXPECT_EQ(app_.query("SELECT outcome FROM platform.claim_device('ESP32-0000000000B1', NULL)")[0].get<std::string>(0),
            "invalid");
  app_.run_script("ROLLBACK");
}

TEST_F(Devices, confirm_what_they_were_told_and_no_more) {
  const DeviceKey device = database_.add_device(mine_, "ESP32-0000000000B1");
  database_.db().query("UPDATE devices SET state_version = 5 WHERE id = $1", device);
  for (const int version : {3, 5})
    database_.db().query(
        "INSERT INTO device_commands (workshop_id, device_key, version, command, reason)"
        " VALUES ($1, $2, $3, 'DISABLE', 'maintenance')",
        mine_, device, version);
  const auto report = [&](std::optional<std::int64_t> version) {
    app_.query("SELECT platform.record_device_status($1, true, now(), $2, NULL, NULL)", device, version);
    const Rows rows = database_.db().query(
        "SELECT acknowledged_version, (SELECT count(*) FROM device_commands WHERE acknowledged_at IS NOT NULL),"
        " acknowledged_at IS NOT NULL FROM devices WHERE id = $1",
        device);
    return std::tuple(rows[0].get<std::int64_t>(0), rows[0].get<std::int64_t>(1), rows[0].get<bool>(2));
  };
  EXPECT_EQ(report(std::nullopt), std::tuple(0, 0, false));
  EXPECT_EQ(report(4), std::tuple(4, 1, true));
  EXPECT_EQ(report(2), std::tuple(4, 1, true));
  EXPECT_EQ(report(std::numeric_limits<std::int64_t>::max()), std::tuple(5, 2, true));
}

TEST_F(Devices, keep_their_history_to_their_workshop) {
  const DeviceKey device = database_.add_device(mine_, "ESP32-0000000000B1");
  database_.db().query(
      "INSERT INTO device_commands (workshop_id, device_key, version, command, reason)"
      " VALUES ($1, $2, 2, 'DISABLE', 'maintenance')",
      mine_, device);
  EXPECT_EQ(count(mine_, "SELECT FROM device_commands"), 1);
  EXPECT_EQ(count(theirs_, "SELECT FROM device_commands"), 0);
  scope(app_, theirs_);
  EXPECT_THROW(app_.query("INSERT INTO device_commands (workshop_id, device_key, version, command, reason)"
                          " VALUES ($1, $2, 3, 'ENABLE', '')",
                          theirs_, device),
               QueryFailed);
  app_.run_script("ROLLBACK");
}

TEST_F(Devices, show_no_secret_to_reports) {
  BlockingConnection report(database_.readonly());
  report.run_script("SET pitview.workshop_id = " + std::to_string(mine_.value));
  for (const char* column : {"mqtt_password_sealed", "command_key_sealed", "claim_code_hash"})
    EXPECT_THROW(report.query("SELECT " + std::string(column) + " FROM devices"), QueryFailed) << column;
  EXPECT_THROW(report.query("SELECT * FROM platform.broker_devices(NULL)"), QueryFailed);
  EXPECT_NO_THROW(report.query("SELECT fw, state_version FROM devices"));
}

}  // namespace
}  // namespace pitview::db
