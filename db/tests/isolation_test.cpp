// What the runtime role can and cannot do, asked of PostgreSQL itself.
#include <gmock/gmock.h>

#include <functional>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::BlockingConnection;
using postgres::QueryFailed;

constexpr const char* kUndefinedSetting = "42704";
constexpr const char* kEmptySetting = "22P02";
constexpr const char* kNotPermitted = "42501";  // also: the row violates a policy
constexpr const char* kForeignKey = "23503";

class Isolation : public ::testing::Test {
 protected:
  Isolation() {
    database_.add_job(mine_, my_pit_, my_customer_);
    database_.add_job(theirs_, their_pit_, their_customer_);
  }

  // "" when it succeeds.
  static std::string sqlstate_of(BlockingConnection& db, const std::string& sql) {
    try {
      db.run_script(sql);
    } catch (const QueryFailed& e) {
      return e.sqlstate();
    }
    return "";
  }

  // Each in a transaction of its own.
  std::string as_mine(const std::string& sql) {
    const std::string state = sqlstate_of(
        app_, "BEGIN; SET LOCAL pitview.workshop_id = " + std::to_string(mine_.value) + "; " + sql + "; COMMIT");
    app_.run_script("ROLLBACK");
    return state;
  }

  std::int64_t count_as_mine(const std::string& sql) {
    app_.run_script("BEGIN; SET LOCAL pitview.workshop_id = " + std::to_string(mine_.value));
    const std::int64_t count = app_.query("SELECT count(*) FROM (" + sql + ") q")[0].get<std::int64_t>(0);
    app_.run_script("ROLLBACK");
    return count;
  }

  std::int64_t affected_as_mine(const std::string& sql) {
    app_.run_script("BEGIN; SET LOCAL pitview.workshop_id = " + std::to_string(mine_.value));
    const std::int64_t count =
        app_.query("WITH changed AS (" + sql + " RETURNING 1) SELECT count(*) FROM changed")[0].get<std::int64_t>(0);
    app_.run_script("ROLLBACK");
    return count;
  }

  static std::string number(auto id) { return std::to_string(id.value); }

  testing::MigratedDatabase database_;
  WorkshopId mine_ = database_.add_workshop("workshop_001");
  WorkshopId theirs_ = database_.add_workshop("workshop_002");
  PitId my_pit_ = database_.add_pit(mine_, 1);
  PitId their_pit_ = database_.add_pit(theirs_, 1);
  UserId my_customer_ = database_.add_user(mine_, "mine", "customer");
  UserId their_customer_ = database_.add_user(theirs_, "theirs", "customer");
  BlockingConnection app_{database_.app()};
};

TEST_F(Isolation, without_a_workshop_no_tenant_table_can_be_read) {
  for (const std::string table : {"workshops", "users", "pits", "jobs"}) {
    BlockingConnection fresh(database_.app());
    EXPECT_EQ(sqlstate_of(fresh, "SELECT * FROM " + table), kUndefinedSetting) << table;
    // After a transaction that had a workshop, the setting is there and empty.
    fresh.run_script("BEGIN; SET LOCAL pitview.workshop_id = 2; COMMIT");
    EXPECT_EQ(sqlstate_of(fresh, "SELECT * FROM " + table), kEmptySetting) << table;
    EXPECT_EQ(sqlstate_of(fresh, "SET pitview.workshop_id = '2 OR true'; SELECT * FROM " + table), kEmptySetting);
  }
}

TEST_F(Isolation, another_workshop_is_invisible) {
  for (const std::string table : {"users", "pits", "jobs"}) {
    EXPECT_EQ(count_as_mine("SELECT FROM " + table), 1) << table;
    EXPECT_EQ(count_as_mine("SELECT FROM " + table + " WHERE workshop_id = " + number(theirs_)), 0) << table;
  }
  EXPECT_EQ(count_as_mine("SELECT FROM workshops"), 1);
  EXPECT_EQ(count_as_mine("SELECT FROM workshops WHERE id = " + number(theirs_)), 0);
}

TEST_F(Isolation, another_workshop_cannot_be_written) {
  EXPECT_EQ(as_mine("INSERT INTO pits (workshop_id, pit_number, name) VALUES (" + number(theirs_) + ", 2, 'Pit 2')"),
            kNotPermitted);
  EXPECT_EQ(affected_as_mine("UPDATE pits SET name = 'taken' WHERE id = " + number(their_pit_)), 0);
  EXPECT_EQ(as_mine("UPDATE pits SET workshop_id = " + number(theirs_)), kNotPermitted);
  database_.db().query(
      "INSERT INTO work_type_templates (workshop_id, name, default_minutes, position)"
      " VALUES ($1, 'Full PPF', 360, 1), ($2, 'Full PPF', 360, 1)",
      mine_, theirs_);
  EXPECT_EQ(affected_as_mine("DELETE FROM work_type_templates WHERE workshop_id = " + number(theirs_)), 0);
  EXPECT_EQ(affected_as_mine("DELETE FROM work_type_templates"), 1);
}

TEST_F(Isolation, rows_cannot_refer_to_another_workshop) {
  const auto job = [&](PitId pit, UserId customer) {
    return "INSERT INTO jobs (workshop_id, pit_id, customer_id, customer_name, car_model, car_plate, work_type,"
           " estimated_duration_minutes) VALUES (" +
           number(mine_) + ", " + number(pit) + ", " + number(customer) + ", 'n', 'm', 'p', 'Full PPF', 60)";
  };
  EXPECT_EQ(as_mine(job(my_pit_, my_customer_)), "");
  EXPECT_EQ(as_mine(job(their_pit_, my_customer_)), kForeignKey);
  EXPECT_EQ(as_mine(job(my_pit_, their_customer_)), kForeignKey);
}

TEST_F(Isolation, workshops_can_only_change_their_own_letterhead) {
  EXPECT_EQ(as_mine("UPDATE workshops SET name = 'New name'"), "");
  EXPECT_EQ(as_mine("UPDATE workshops SET subscription_status = 'active'"), kNotPermitted);
  EXPECT_EQ(as_mine("INSERT INTO workshops (code, name) VALUES ('workshop_003', 'x')"), kNotPermitted);
  EXPECT_EQ(as_mine("DELETE FROM workshops"), kNotPermitted);
}

TEST_F(Isolation, no_workshop_can_make_a_super_administrator) {
  EXPECT_EQ(as_mine("UPDATE users SET role = 'super_admin'"), "23514");
  EXPECT_EQ(database_.add_user(WorkshopId(1), "root", "super_admin").value > 0, true);
}

TEST_F(Isolation, the_audit_log_can_be_added_to_and_not_altered) {
  EXPECT_EQ(as_mine("INSERT INTO audit_log (workshop_id, action, subject_type) VALUES (" + number(mine_) +
                    ", 'job.created', 'job')"),
            "");
  EXPECT_EQ(count_as_mine("SELECT FROM audit_log"), 1);
  EXPECT_EQ(as_mine("UPDATE audit_log SET action = 'nothing'"), kNotPermitted);
  EXPECT_EQ(as_mine("DELETE FROM audit_log"), kNotPermitted);
  EXPECT_EQ(as_mine("TRUNCATE audit_log"), kNotPermitted);
}

TEST_F(Isolation, what_happened_to_alerts_can_be_added_to_and_not_altered) {
  EXPECT_EQ(as_mine("INSERT INTO alerts (workshop_id, pit_id, alert_type, severity, message) VALUES (" +
                    number(mine_) + ", " + number(my_pit_) + ", 'high_aqi', 'warning', 'x');"
                    "INSERT INTO alert_events (workshop_id, alert_id, event, severity)"
                    " SELECT workshop_id, id, 'raised', 'warning' FROM alerts"),
            "");
  EXPECT_EQ(count_as_mine("SELECT FROM alert_events"), 1);
  EXPECT_EQ(as_mine("UPDATE alert_events SET event = 'resolved'"), kNotPermitted);
  EXPECT_EQ(as_mine("DELETE FROM alert_events"), kNotPermitted);
  EXPECT_EQ(as_mine("TRUNCATE alert_events"), kNotPermitted);
}

TEST_F(Isolation, the_runtime_role_has_no_ddl) {
  for (const std::string sql :
       {"CREATE TABLE public.mine (id int)", "CREATE TABLE platform.mine (id int)", "CREATE TEMP TABLE mine (id int)",
        "CREATE TEMP VIEW mine AS SELECT 1", "CREATE SCHEMA mine", "ALTER TABLE jobs ADD COLUMN mine int",
        "ALTER TABLE jobs DISABLE ROW LEVEL SECURITY", "DROP POLICY workshop_of_transaction ON jobs", "DROP TABLE jobs",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql RETURN 1", "SET ROLE pitview_owner",
        "SET SESSION AUTHORIZATION pitview_owner", "CREATE EXTENSION pgcrypto"}) {
    EXPECT_EQ(as_mine(sql), kNotPermitted) << sql;
  }
}

TEST_F(Isolation, readings_have_one_way_in) {
  EXPECT_EQ(as_mine("INSERT INTO sensor_data (workshop_id, pit_id, device_key, measured_at, received_at) VALUES (" +
                    number(mine_) + ", " + number(my_pit_) + ", 1, now(), now())"),
            kNotPermitted);
  EXPECT_EQ(as_mine("DELETE FROM sensor_data"), kNotPermitted);
}

TEST_F(Isolation, what_belongs_to_the_platform_is_out_of_reach_except_by_its_functions) {
  EXPECT_EQ(sqlstate_of(app_, "SELECT * FROM platform.login_failures"), kNotPermitted);
  EXPECT_EQ(sqlstate_of(app_, "UPDATE platform.schema_migrations SET sha256 = ''"), kNotPermitted);
  EXPECT_EQ(sqlstate_of(app_, "SELECT platform.ensure_partition(current_date)"), kNotPermitted);
  EXPECT_EQ(sqlstate_of(app_, "SELECT platform.protect_tenant_table('jobs')"), kNotPermitted);
}

TEST_F(Isolation, the_readonly_role_reads_one_workshop_and_no_secret) {
  BlockingConnection report(database_.readonly());
  EXPECT_EQ(sqlstate_of(report, "SELECT id FROM jobs"), kUndefinedSetting);
  report.run_script("SET pitview.workshop_id = " + number(mine_));
  EXPECT_EQ(report.query("SELECT count(*) FROM jobs")[0].get<std::int64_t>(0), 1);
  EXPECT_EQ(report.query("SELECT count(id) FROM users")[0].get<std::int64_t>(0), 1);
  for (const std::string sql :
       {"SELECT password_hash FROM users", "SELECT phone_sealed FROM users", "SELECT refresh_hash FROM sessions",
        "SELECT camera_rtsp_url_sealed FROM pits", "SELECT license_hash FROM devices",
        "SELECT secret_sealed FROM second_factors", "SELECT code_hash FROM recovery_codes",
        "UPDATE jobs SET car_model = 'x'", "DELETE FROM job_staff", "SELECT * FROM platform.device_directory()",
        "SELECT platform.commit_readings()"}) {
    EXPECT_EQ(sqlstate_of(report, sql), kNotPermitted) << sql;
  }
}

}  // namespace
}  // namespace pitview::db
