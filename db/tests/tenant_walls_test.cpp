// Every table of the catalogue that belongs to workshops, as the server's database role sees it: a
// table that is added later is walked as soon as it is there.
#include <gmock/gmock.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::BlockingConnection;
using postgres::QueryFailed;
using ::testing::AnyOf;
using ::testing::UnorderedElementsAreArray;

constexpr const char* kUndefinedSetting = "42704";
constexpr const char* kNotPermitted = "42501";  // also: the row violates a policy

struct Table {
  std::string name;
  std::string workshop;    // its column
  std::string changeable;  // a column that the server may change; "" for none
};

class TenantWalls : public ::testing::Test {
 protected:
  TenantWalls() {
    owner().query("SELECT platform.ensure_partitions(2)");
    take_away_the_rules();
    for (const postgres::Row& row : owner().query(R"sql(
        SELECT c.relname::text, CASE c.relname WHEN 'workshops' THEN 'id' ELSE 'workshop_id' END,
               coalesce((SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
                           AND has_column_privilege('pitview_app', c.oid, a.attnum, 'UPDATE')
                         ORDER BY a.attnum LIMIT 1), '')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname)sql"))
      tables_.push_back({row.get<std::string>(0), row.get<std::string>(1), row.get<std::string>(2)});
    for (const Table& table : tables_) {
      if (table.name == "workshops") continue;
      for (const WorkshopId workshop : {mine_, theirs_}) add_row(table, workshop);
    }
  }

  BlockingConnection& owner() { return database_.db(); }

  // Row-level security and privileges are what is tested here; without the other rules
  // one row of any table can be made from the types of its columns alone.
  void take_away_the_rules() {
    owner().run_script(R"sql(
      DO $$
      DECLARE
        r record;
      BEGIN
        FOR r IN SELECT k.conrelid::regclass AS t, k.conname FROM pg_constraint k
                 JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
                 WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('c', 'f', 'x') AND k.coninhcount = 0
                   AND k.conparentid = 0
        LOOP
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', r.t, r.conname);
        END LOOP;
        FOR r IN SELECT t.tgrelid::regclass AS t, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                 WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND NOT c.relispartition
        LOOP
          EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', r.tgname, r.t);
        END LOOP;
      END
      $$)sql");
  }

  // Every column that must have a value and has none by itself gets one of its type; texts are
  // different in each row, for the sake of unique indexes.
  void add_row(const Table& table, WorkshopId workshop) {
    std::string columns = table.workshop;
    std::string values = id_of(workshop);
    for (const postgres::Row& row : owner().query(R"sql(
        SELECT a.attname::text, format_type(a.atttypid, NULL) FROM pg_attribute a
        WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
          AND NOT a.atthasdef AND a.attidentity = '' AND a.attname <> $2)sql",
                                                  "public." + table.name, table.workshop)) {
      columns += ", " + row.get<std::string>(0);
      values += ", " + value_of(row.get<std::string>(1), workshop);
    }
    owner().run_script("INSERT INTO public." + table.name + " (" + columns + ") VALUES (" + values + ")");
  }

  static std::string value_of(const std::string& type, WorkshopId workshop) {
    const std::string number = id_of(workshop);
    if (type == "text" || type == "character varying") return "'w" + number + "'";
    if (type == "bytea") return "sha256('" + number + "')";
    if (type == "boolean") return "false";
    if (type == "timestamp with time zone") return "now()";
    if (type == "date") return "current_date";
    if (type == "jsonb") return "'{}'";
    if (type == "inet") return "'127.0.0.1'";
    if (type.ends_with("[]")) return "'{}'";
    return number;
  }

  // Each in a transaction of its own; "" when it succeeds.
  std::string as_mine(const std::string& sql) {
    std::string state;
    try {
      app_.run_script("BEGIN; SET LOCAL pitview.workshop_id = " + id_of(mine_) + "; " + sql);
    } catch (const QueryFailed& e) {
      state = e.sqlstate();
    }
    app_.run_script("ROLLBACK");
    return state;
  }

  // How many rows `sql` reads or changes; -1 when it is not permitted.
  std::int64_t rows_as_mine(const std::string& sql) {
    std::int64_t rows = -1;
    app_.run_script("BEGIN; SET LOCAL pitview.workshop_id = " + id_of(mine_));
    try {
      rows = app_.query("WITH q AS (" + sql + ") SELECT count(*) FROM q")[0].get<std::int64_t>(0);
    } catch (const QueryFailed& e) {
      EXPECT_EQ(e.sqlstate(), kNotPermitted) << sql << ": " << e.what();
    }
    app_.run_script("ROLLBACK");
    return rows;
  }

  static std::string id_of(WorkshopId workshop) { return std::to_string(workshop.value); }
  std::string theirs(const Table& table) const { return " WHERE " + table.workshop + " = " + id_of(theirs_); }

  testing::MigratedDatabase database_;
  WorkshopId mine_ = database_.add_workshop("workshop_001");
  WorkshopId theirs_ = database_.add_workshop("workshop_002");
  std::vector<Table> tables_;
  BlockingConnection app_{database_.app()};
};

TEST_F(TenantWalls, without_a_workshop_no_table_can_be_read) {
  ASSERT_GT(tables_.size(), 15U);
  for (const Table& table : tables_) {
    BlockingConnection fresh(database_.app());
    std::string state;
    try {
      fresh.run_script("SELECT * FROM " + table.name);
    } catch (const QueryFailed& e) {
      state = e.sqlstate();
    }
    EXPECT_THAT(state, AnyOf(kUndefinedSetting, kNotPermitted)) << table.name;
  }
}

TEST_F(TenantWalls, of_every_table_the_own_rows_are_read_and_no_others) {
  for (const Table& table : tables_) {
    EXPECT_THAT(rows_as_mine("SELECT FROM " + table.name), AnyOf(1, -1)) << table.name;
    EXPECT_THAT(rows_as_mine("SELECT FROM " + table.name + theirs(table)), AnyOf(0, -1)) << table.name;
  }
}

TEST_F(TenantWalls, nothing_is_written_for_another_workshop) {
  for (const Table& table : tables_) {
    const std::string& name = table.name;
    EXPECT_EQ(as_mine("INSERT INTO " + name + " (" + table.workshop + ") " +
                      (name == "workshops" ? "OVERRIDING SYSTEM VALUE " : "") + "VALUES (" + id_of(theirs_) + ")"),
              kNotPermitted)
        << name;
    EXPECT_EQ(as_mine("UPDATE " + name + " SET " + table.workshop + " = " + id_of(theirs_)),
              name == "workshops" ? "428C9" : kNotPermitted)  // an identity is changed by nobody
        << name;
    EXPECT_THAT(rows_as_mine("DELETE FROM " + name + theirs(table) + " RETURNING 1"), AnyOf(0, -1)) << name;
    EXPECT_THAT(rows_as_mine("DELETE FROM " + name + " RETURNING 1"), AnyOf(0, 1, -1)) << name;
    EXPECT_EQ(as_mine("TRUNCATE " + name), kNotPermitted) << name;
    if (table.changeable.empty()) continue;
    const std::string change = "UPDATE " + name + " SET " + table.changeable + " = " + table.changeable;
    EXPECT_EQ(rows_as_mine(change + theirs(table) + " RETURNING 1"), 0) << name;
    EXPECT_EQ(rows_as_mine(change + " RETURNING 1"), 1) << name << ": the own row can be changed";
  }
}

TEST_F(TenantWalls, the_rows_that_were_to_be_seen_are_there) {
  for (const Table& table : tables_)
    EXPECT_EQ(owner().query("SELECT count(*) FROM " + table.name + theirs(table))[0].get<std::int64_t>(0), 1)
        << table.name;
}

TEST_F(TenantWalls, a_table_that_forgot_its_policy_is_noticed) {
  owner().run_script("ALTER POLICY workshop_of_transaction ON pits USING (true) WITH CHECK (true)");
  EXPECT_EQ(rows_as_mine("SELECT FROM pits"), 2);
  EXPECT_EQ(as_mine("UPDATE pits SET workshop_id = " + id_of(theirs_)), "");
}

// What looks across workshops: functions of schema platform, each of which answers one question. A
// new one is to be read by somebody who asks what a stolen server could learn by it, and then added.
TEST_F(TenantWalls, the_functions_across_workshops_are_those_that_were_reviewed) {
  const std::vector<std::string> reviewed = {
      // who signs in, and who has
      "issue_ws_ticket", "redeem_ws_ticket", "find_login", "find_session", "find_session_by_refresh", "ended_sessions",
      "record_login_failure", "record_sign_in_failure", "clear_login_failures", "login_locked_until",
      "forget_old_login_failures",
      // devices, who have no workshop until they are known; batches and firmware, which are the platform's
      "device_directory", "broker_devices", "find_device_credentials", "known_devices", "register_batch",
      "claim_device", "workshop_of_device", "record_device_status", "firmware_size", "firmware_cohort",
      "firmware_candidates", "firmware_offer", "firmware_image", "lock_firmware_offer", "record_firmware_state",
      "firmware_campaign_devices",
      // what a super administrator does, each asking whether it is one, and in the workshop of the transaction:
      // giving a device away, workshops, their subscriptions; suspensions that waited for the end of a job
      "place_device", "next_workshop_id", "create_workshop", "save_workshop", "list_workshops",
      "apply_due_suspensions", "workshop_of_subscription",
      // messages that devices had no right to send: counts, kept for 90 days; to read for the platform
      "record_violations", "list_violations", "prune_violations",
      // customers: a link signs in who holds it; who has a page open, noted for all workshops at once; the
      // names of one who was erased go out of the audit log of the transaction's workshop
      "open_tracking_link", "note_viewers", "forget_in_audit",
      // video: cameras with their sealed addresses, for the gateway; who may (go on to) watch, of whom the
      // server knows the session; whether cameras are there
      "video_cameras", "may_watch", "note_cameras",
      // recordings: the gateway's, noted for all pits at once under the pit's workshop, with what is too old and what
      // is to be kept; who may (go on to) play them, of whom the server knows the session or the link; a clip for who
      // holds the secret of its link; sums over all workshops
      "pit_places", "note_recordings", "finish_listing", "recordings_to_let_go", "note_recordings_disk",
      "recordings_forecast", "may_replay", "find_shared_clip", "clips_to_do", "note_clip", "queue_time_lapses",
      // messages: what is due of all workshops, claimed by whoever sends it, with what it takes to say it, and
      // what has become of what was claimed
      "claim_messages", "end_message", "put_message_off", "await_receipt",
      // what a provider says of one message afterwards; STOP and START of a number, wherever it is a customer's
      "note_receipt", "set_messages_wanted",
      // documents: a certificate for who holds the code of its paper; drawings that nobody asked for in a month
      "certificate_of_token", "forget_old_documents",
      // alerts: pits in use with the names of the work there, limits, and open alerts without their words,
      // for the one server that judges
      "watched_pits", "alert_rules_of_all", "open_alerts",
      // readings: stored where the assignments say, packed and rolled up; archived: whose day is due, and
      // letting go of what is in a file, of the transaction's workshop and never of the last 90 days
      "ensure_partitions", "prepare_readings_staging", "commit_readings", "set_aside_reading",
      "prune_readings_set_aside", "pack_readings", "roll_up", "next_archive", "drop_archived",
      // jobs: the numbers of those whose conditions are to be made final
      "conditions_due"};
  std::vector<std::string> found;
  for (const postgres::Row& row : owner().query(R"sql(
      SELECT DISTINCT p.proname::text FROM pg_proc p
      WHERE p.pronamespace = 'platform'::regnamespace AND p.prosecdef
        AND has_function_privilege('pitview_app', p.oid, 'EXECUTE'))sql"))
    found.push_back(row.get<std::string>(0));
  EXPECT_THAT(found, UnorderedElementsAreArray(reviewed));
}

TEST_F(TenantWalls, what_a_workshop_claims_or_reads_through_a_function_stays_in_its_own) {
  // Of the functions that follow the transaction's workshop: without one they fail.
  BlockingConnection fresh(database_.app());
  EXPECT_THROW(fresh.run_script("SELECT * FROM platform.claim_device('ESP32-000000000001', sha256('x'))"), QueryFailed);
  // A device of another workshop is never moved, whatever code is shown.
  owner().run_script(
      "UPDATE devices SET claim_code_hash = sha256('code'), claim_expires_at = now() + interval '1 day',"
      " claimed_at = NULL, device_id = 'ESP32-' || workshop_id");
  const std::string claim = "SELECT outcome FROM platform.claim_device('ESP32-" + id_of(theirs_) + "', sha256('code'))";
  app_.run_script("BEGIN; SET LOCAL pitview.workshop_id = " + id_of(mine_));
  EXPECT_EQ(app_.query(claim)[0].get<std::string>(0), "used");
  app_.run_script("COMMIT");
  EXPECT_EQ(owner().query("SELECT count(*) FROM devices WHERE workshop_id = " + id_of(theirs_))[0].get<std::int64_t>(0),
            1);
}

}  // namespace
}  // namespace pitview::db
