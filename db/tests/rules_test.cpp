// The rules that the schema itself keeps.
#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::QueryFailed;

class Rules : public ::testing::Test {
 protected:
  // The name of the constraint that refuses it, "" when nothing does.
  template <class... Args>
  std::string refused_by(std::string_view sql, const Args&... args) {
    try {
      database_.db().query(sql, args...);
    } catch (const QueryFailed& e) {
      return e.constraint().empty() ? e.sqlstate() : e.constraint();
    }
    return "";
  }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  WorkshopId other_ = database_.add_workshop("workshop_002");
  PitId pit_ = database_.add_pit(workshop_, 1);
  UserId customer_ = database_.add_user(workshop_, "JohnDoe", "customer");
};

TEST_F(Rules, a_pit_has_one_running_job) {
  const JobId first = database_.add_job(workshop_, pit_, customer_, "in_progress");
  const JobId second = database_.add_job(workshop_, pit_, customer_);
  constexpr auto kStart = "UPDATE jobs SET status = 'in_progress', actual_start_time = now() WHERE id = $1";
  EXPECT_EQ(refused_by(kStart, second), "jobs_one_running_per_pit");
  for (const char* running : {"on_hold", "quality_check"}) {
    database_.db().query("UPDATE jobs SET status = $2 WHERE id = $1", first, running);
    EXPECT_EQ(refused_by(kStart, second), "jobs_one_running_per_pit") << running;
  }
  database_.db().query("UPDATE jobs SET status = 'completed', actual_end_time = now() WHERE id = $1", first);
  EXPECT_EQ(refused_by(kStart, second), "");
}

TEST_F(Rules, a_running_job_has_a_start_and_a_completed_one_an_end) {
  const JobId job = database_.add_job(workshop_, pit_, customer_);
  EXPECT_EQ(refused_by("UPDATE jobs SET status = 'in_progress' WHERE id = $1", job), "jobs_started_check");
  EXPECT_EQ(refused_by("UPDATE jobs SET status = 'completed', actual_start_time = now() WHERE id = $1", job),
            "jobs_ended_check");
  EXPECT_EQ(refused_by("UPDATE jobs SET status = 'completed', actual_start_time = now(),"
                       " actual_end_time = now() - interval '1 hour' WHERE id = $1",
                       job),
            "jobs_order_check");
}

TEST_F(Rules, usernames_are_unique_on_the_platform_whatever_their_case) {
  constexpr auto kInsert =
      "INSERT INTO users (workshop_id, username, display_name, password_hash, role) VALUES ($1, $2, 'x', 'x', "
      "'operator')";
  EXPECT_EQ(refused_by(kInsert, other_, "johndoe"), "users_username_key");
  EXPECT_EQ(refused_by(kInsert, other_, "johndoe2"), "");
  EXPECT_NE(refused_by(kInsert, other_, "john doe"), "");
}

TEST_F(Rules, a_customer_phone_is_unique_in_its_workshop) {
  constexpr auto kInsert =
      "INSERT INTO users (workshop_id, username, display_name, password_hash, role, phone_sealed, phone_lookup)"
      " VALUES ($1, $2, 'x', 'x', $3, 'sealed', sha256('+91 1'))";
  EXPECT_EQ(refused_by(kInsert, workshop_, "a", "customer"), "");
  EXPECT_EQ(refused_by(kInsert, workshop_, "b", "customer"), "users_customer_phone_key");
  EXPECT_EQ(refused_by(kInsert, workshop_, "c", "operator"), "");
  EXPECT_EQ(refused_by(kInsert, other_, "d", "customer"), "");
}

TEST_F(Rules, a_device_is_at_one_pit_at_a_time_and_a_pit_has_one_device) {
  const PitId second_pit = database_.add_pit(workshop_, 2);
  const DeviceKey device = database_.add_device(workshop_, "ESP32-000000000001");
  const DeviceKey second_device = database_.add_device(workshop_, "ESP32-000000000002");
  database_.assign(workshop_, device, pit_);
  constexpr auto kAssign = "INSERT INTO device_assignments (workshop_id, device_key, pit_id) VALUES ($1, $2, $3)";
  EXPECT_EQ(refused_by(kAssign, workshop_, device, second_pit), "device_assignments_one_pit_at_a_time");
  EXPECT_EQ(refused_by(kAssign, workshop_, second_device, pit_), "device_assignments_one_device_at_a_time");
  database_.db().query("UPDATE device_assignments SET released_at = now()");
  EXPECT_EQ(refused_by(kAssign, workshop_, device, second_pit), "");
  EXPECT_EQ(refused_by(kAssign, workshop_, second_device, pit_), "");
  // Nor in the past.
  EXPECT_EQ(refused_by("INSERT INTO device_assignments (workshop_id, device_key, pit_id, assigned_at, released_at)"
                       " VALUES ($1, $2, $3, now() - interval '3 days', now() - interval '2 days')",
                       workshop_, device, second_pit),
            "device_assignments_one_pit_at_a_time");
}

TEST_F(Rules, codes_have_their_form) {
  constexpr auto kWorkshop = "INSERT INTO workshops (code, name) VALUES ($1, 'x')";
  EXPECT_EQ(refused_by(kWorkshop, "workshop_1"), "workshops_code_check");
  EXPECT_EQ(refused_by(kWorkshop, "workshop_001x"), "workshops_code_check");
  EXPECT_EQ(refused_by(kWorkshop, "workshop_001"), "workshops_code_key");
  EXPECT_EQ(refused_by(kWorkshop, "workshop_1000"), "");
  constexpr auto kDevice = "INSERT INTO devices (workshop_id, device_id, license_hash) VALUES ($1, $2, sha256('x'))";
  EXPECT_EQ(refused_by(kDevice, workshop_, "ESP32-aabbccddeeff"), "devices_device_id_check");
  EXPECT_EQ(refused_by(kDevice, workshop_, "ESP32-AABBCCDDEEF"), "devices_device_id_check");
  EXPECT_EQ(refused_by(kDevice, workshop_, "ESP32-AABBCCDDEEFF"), "");
}

TEST_F(Rules, a_device_has_one_subscription) {
  const DeviceKey device = database_.add_device(workshop_, "ESP32-000000000001");
  EXPECT_EQ(refused_by("INSERT INTO subscriptions (workshop_id, device_key, monthly_fee_paise, expires_at)"
                       " VALUES ($1, $2, 1, now())",
                       workshop_, device),
            "subscriptions_device_key_key");
}

TEST_F(Rules, one_thing_that_is_wrong_is_one_open_alert) {
  constexpr auto kRaise =
      "INSERT INTO alerts (workshop_id, pit_id, alert_type, severity, message)"
      " VALUES ($1, nullif($2::bigint, 0), $3, 'warning', 'x')";
  EXPECT_EQ(refused_by(kRaise, workshop_, pit_, "high_aqi"), "");
  EXPECT_EQ(refused_by(kRaise, workshop_, pit_, "high_aqi"), "alerts_one_open");
  EXPECT_EQ(refused_by(kRaise, workshop_, pit_, "temp_out_of_range"), "");
  EXPECT_EQ(refused_by(kRaise, workshop_, PitId(), "disk_space"), "");
  EXPECT_EQ(refused_by(kRaise, workshop_, PitId(), "disk_space"), "alerts_one_open") << "of the platform neither";
  EXPECT_EQ(refused_by("UPDATE alerts SET resolved_at = now(), snoozed_until = now()"), "alerts_resolved_check");
  database_.db().query("UPDATE alerts SET resolved_at = now()");
  EXPECT_EQ(refused_by(kRaise, workshop_, pit_, "high_aqi"), "");
}

TEST_F(Rules, limits_of_alerts_are_in_order) {
  constexpr auto kAdd =
      "INSERT INTO alert_rules (workshop_id, alert_type, enabled, severity, critical_low, low, high, critical_high,"
      " hysteresis, for_seconds) VALUES ($1, 'temp_out_of_range', true, 'warning', $2, $3, $4, $5, 0, 0)";
  using Limit = std::optional<double>;
  EXPECT_EQ(refused_by(kAdd, workshop_, Limit(), Limit(35), Limit(15), Limit()), "alert_rules_order_check");
  EXPECT_EQ(refused_by(kAdd, workshop_, Limit(16), Limit(15), Limit(), Limit()), "alert_rules_order_check");
  EXPECT_EQ(refused_by(kAdd, workshop_, Limit(), Limit(), Limit(35), Limit(30)), "alert_rules_order_check");
  EXPECT_EQ(refused_by(kAdd, workshop_, Limit(), Limit(15), Limit(), Limit(40)), "");
}

}  // namespace
}  // namespace pitview::db
