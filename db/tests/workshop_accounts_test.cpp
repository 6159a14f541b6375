// Who may make, change and suspend workshops, when a right ended, and what was sent without one.
#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::BlockingConnection;
using postgres::QueryFailed;
using postgres::Rows;

class WorkshopAccounts : public ::testing::Test {
 protected:
  void scope(WorkshopId workshop) {
    app_.run_script("BEGIN; SET LOCAL pitview.workshop_id = " + std::to_string(workshop.value));
  }
  void roll_back() { app_.run_script("ROLLBACK"); }

  std::string create(UserId by) {
    const auto id = app_.query("SELECT platform.next_workshop_id()")[0].get<WorkshopId>(0);
    scope(id);
    const Rows rows = app_.query(
        "SELECT platform.create_workshop($1, 'Name', '', '', 'Asia/Kolkata', 'en', 'basic', now() + interval '1 day')",
        by);
    app_.run_script("COMMIT");
    return rows[0].get<std::string>(0);
  }

  void save(WorkshopId workshop, UserId by) {
    scope(workshop);
    app_.query("SELECT platform.save_workshop($1, 'Name', '', '', 'premium', 'active', '', NULL, NULL, NULL)", by);
    app_.run_script("COMMIT");
  }

  std::string status_of(WorkshopId workshop) {
    return database_.db()
        .query("SELECT subscription_status FROM workshops WHERE id = $1", workshop)[0]
        .get<std::string>(0);
  }

  testing::MigratedDatabase database_;
  WorkshopId mine_ = database_.add_workshop("workshop_001");
  UserId platform_user_ = database_.add_user(WorkshopId(1), "platform", "super_admin");
  UserId owner_ = database_.add_user(mine_, "owner", "owner");
  BlockingConnection app_{database_.app()};
};

TEST_F(WorkshopAccounts, get_the_first_number_that_is_free) {
  EXPECT_EQ(create(platform_user_), "workshop_002");
  database_.add_workshop("workshop_004");
  EXPECT_EQ(create(platform_user_), "workshop_003");
  EXPECT_EQ(create(platform_user_), "workshop_005");
}

TEST_F(WorkshopAccounts, are_made_and_changed_for_the_platform_only) {
  EXPECT_THROW(create(owner_), QueryFailed);
  roll_back();
  EXPECT_THROW(save(mine_, owner_), QueryFailed);
  roll_back();
  for (const char* column : {"subscription_status = 'active'", "plan = 'premium'", "subscription_expires_at = now()",
                             "suspend_requested_at = NULL", "code = 'workshop_999'"}) {
    scope(mine_);
    EXPECT_THROW(app_.query(std::string("UPDATE workshops SET ") + column), QueryFailed) << column;
    roll_back();
  }
  scope(mine_);
  EXPECT_NO_THROW(app_.query("UPDATE workshops SET language = 'hi', working_hours = '[]', baseline_calls_per_job = 3"));
  roll_back();
  EXPECT_NO_THROW(save(mine_, platform_user_));
  EXPECT_EQ(status_of(mine_), "active");
}

TEST_F(WorkshopAccounts, of_the_platform_itself_is_no_workshop) {
  save(WorkshopId(1), platform_user_);
  EXPECT_EQ(database_.db().query("SELECT name FROM workshops WHERE id = 1")[0].get<std::string>(0), "PitView platform");
  for (const auto& row : app_.query("SELECT id FROM platform.list_workshops(NULL, NULL, 100)"))
    EXPECT_NE(row.get<WorkshopId>(0), WorkshopId(1));
}

TEST_F(WorkshopAccounts, are_suspended_when_the_last_running_job_is_over) {
  const PitId pit = database_.add_pit(mine_, 1);
  const JobId job = database_.add_job(mine_, pit, database_.add_user(mine_, "customer", "customer"), "waiting");
  database_.db().query("UPDATE jobs SET status = 'in_progress', actual_start_time = now() WHERE id = $1", job);
  database_.db().query(
      "UPDATE workshops SET subscription_status = 'restricted', status_before = 'active', suspend_requested_at = now(),"
      " status_reason = 'unpaid' WHERE id = $1",
      mine_);
  const auto due = [&] { return app_.query("SELECT * FROM platform.apply_due_suspensions()").size(); };
  EXPECT_EQ(due(), 0);
  EXPECT_EQ(status_of(mine_), "restricted");
  database_.db().query("UPDATE jobs SET status = 'completed', actual_end_time = now() WHERE id = $1", job);
  EXPECT_EQ(due(), 1);
  EXPECT_EQ(status_of(mine_), "suspended");
  EXPECT_EQ(due(), 0);
  const Rows audit =
      database_.db().query("SELECT after->>'status_reason' FROM audit_log WHERE action = 'workshop.suspend'");
  ASSERT_EQ(audit.size(), 1);
  EXPECT_EQ(audit[0].get<std::string>(0), "unpaid");
}

TEST_F(WorkshopAccounts, know_since_when_they_and_their_licences_are_what_they_are) {
  const DeviceKey device = database_.add_device(mine_, "ESP32-0000000000A1");
  database_.db().query("UPDATE subscriptions SET status_since = '2026-01-01', monthly_fee_paise = 1");
  database_.db().query("UPDATE workshops SET status_since = '2026-01-01', name = 'Other' WHERE id = $1", mine_);
  const auto changed = [&](const char* column) {
    return app_
        .query(
            std::string("SELECT ") + column + " > '2026-01-02' FROM platform.device_directory() WHERE device_key = $1",
            device)[0]
        .get<bool>(0);
  };
  EXPECT_FALSE(changed("subscription_since"));
  EXPECT_FALSE(changed("workshop_since"));
  database_.db().query("UPDATE subscriptions SET status = 'suspended'");
  database_.db().query("UPDATE workshops SET subscription_status = 'past_due' WHERE id = $1", mine_);
  EXPECT_TRUE(changed("subscription_since"));
  EXPECT_TRUE(changed("workshop_since"));
}

TEST_F(WorkshopAccounts, show_the_running_job_of_a_device_s_pit) {
  const DeviceKey device = database_.add_device(mine_, "ESP32-0000000000A1");
  const PitId pit = database_.add_pit(mine_, 1);
  database_.assign(mine_, device, pit);
  const UserId customer = database_.add_user(mine_, "customer", "customer");
  database_.add_job(mine_, pit, customer);
  const auto has_job = [&] {
    const Rows rows = app_.query("SELECT job_since IS NOT NULL FROM platform.device_directory()");
    EXPECT_EQ(rows.size(), 1);
    return rows[0].get<bool>(0);
  };
  EXPECT_FALSE(has_job()) << "it waits";
  const JobId job = database_.add_job(mine_, pit, customer);
  database_.db().query("UPDATE jobs SET status = 'on_hold', actual_start_time = now() WHERE id = $1", job);
  EXPECT_TRUE(has_job());
}

TEST_F(WorkshopAccounts, give_an_unclaimed_device_to_a_workshop_for_the_platform_only) {
  const DeviceKey stock = database_.add_device(WorkshopId(1), "ESP32-0000000000B1");
  database_.db().query("DELETE FROM subscriptions WHERE device_key = $1", stock);
  const auto place = [&](UserId by, const char* device) {
    scope(mine_);
    auto outcome = app_.query("SELECT outcome FROM platform.place_device($1, $2)", device, by)[0].get<std::string>(0);
    app_.run_script("COMMIT");
    return outcome;
  };
  EXPECT_THROW(place(owner_, "ESP32-0000000000B1"), QueryFailed);
  roll_back();
  EXPECT_EQ(place(platform_user_, "ESP32-FFFFFFFFFFFF"), "invalid");
  EXPECT_EQ(place(platform_user_, "ESP32-0000000000B1"), "claimed");
  EXPECT_EQ(place(platform_user_, "ESP32-0000000000B1"), "used");
}

TEST_F(WorkshopAccounts, count_violations_by_device_reason_and_hour) {
  constexpr const char* kRecord =
      "SELECT platform.record_violations(ARRAY['A', 'B'], ARRAY['Payment overdue', 'Unknown license'],"
      " ARRAY[$1::bigint, $1], ARRAY[2::bigint, 1], ARRAY[$2::bigint, $2], ARRAY[$3::bigint, $3])";
  const std::int64_t hour = 1'771'621'200;
  const std::int64_t us = hour * 1'000'000;
  app_.query(kRecord, hour, us + 5, us + 9);
  app_.query(kRecord, hour, us + 3, us + 7);
  app_.query(kRecord, hour + 3600, us, us);
  const Rows rows = app_.query(
      "SELECT messages, last_at - first_at = interval '6 microseconds' FROM platform.list_violations('A', NULL, NULL, "
      "10)"
      " ORDER BY hour");
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].get<std::int64_t>(0), 4);
  EXPECT_TRUE(rows[0].get<bool>(1));
  EXPECT_EQ(rows[1].get<std::int64_t>(0), 2);
  EXPECT_THROW(app_.query("SELECT * FROM platform.licence_violations"), QueryFailed);
  database_.db().query(
      "UPDATE platform.licence_violations SET hour = now() + id * interval '1 second' WHERE device_id = 'B'");
  database_.db().query(
      "UPDATE platform.licence_violations SET hour = now() - interval '91 days' WHERE device_id = 'A'"
      " AND messages = 4");
  EXPECT_GE(app_.query("SELECT platform.prune_violations()")[0].get<std::int64_t>(0), 1);
  EXPECT_EQ(app_.query("SELECT 1 FROM platform.list_violations('B', NULL, NULL, 10)").size(), 2);
}

}  // namespace
}  // namespace pitview::db
