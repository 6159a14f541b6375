// What the server asks before it knows the workshop.
#include <gmock/gmock.h>

#include "pitview/base/crypto.h"
#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::BlockingConnection;
using postgres::Bytes;
using postgres::Row;
using postgres::Rows;

class Login : public ::testing::Test {
 protected:
  int fail(std::string_view username, std::string_view ip) {
    return app_.query("SELECT failures FROM platform.record_login_failure($1, $2)", username, ip)[0].get<int>(0);
  }
  bool locked(std::string_view username, std::string_view ip) {
    return app_.query("SELECT platform.login_locked_until($1, $2)", username, ip)[0]
        .get<std::optional<Timestamp>>(0)
        .has_value();
  }
  // As if that much time had passed.
  void let_pass(std::string_view interval) {
    database_.db().query(
        "UPDATE platform.login_failures SET first_failed_at = first_failed_at - $1::interval,"
        " locked_until = locked_until - $1::interval, updated_at = updated_at - $1::interval",
        interval);
  }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  UserId user_ = database_.add_user(workshop_, "Owner1", "owner");
  BlockingConnection app_{database_.app()};
};

TEST_F(Login, finds_the_account_whatever_the_case) {
  const Rows rows = app_.query("SELECT * FROM platform.find_login($1)", "oWNER1");
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].get<UserId>("user_id"), user_);
  EXPECT_EQ(rows[0].get<WorkshopId>("workshop_id"), workshop_);
  EXPECT_EQ(rows[0].get<std::string>("username"), "Owner1");
  EXPECT_EQ(rows[0].get<std::string>("role"), "owner");
  EXPECT_EQ(rows[0].get<std::string>("password_hash"), "not-a-hash");
  EXPECT_FALSE(rows[0].get<bool>("must_change_password"));
  EXPECT_EQ(rows[0].get<std::optional<Timestamp>>("disabled_at"), std::nullopt);
  EXPECT_TRUE(app_.query("SELECT * FROM platform.find_login($1)", "owner").empty());
}

TEST_F(Login, finds_a_session_by_its_number_and_by_both_of_its_refresh_tokens) {
  const Bytes now(crypto::sha256("now"));
  const Bytes before(crypto::sha256("before"));
  const auto session = database_.db()
                           .query(
                               "INSERT INTO sessions (workshop_id, user_id, refresh_hash, previous_refresh_hash,"
                               " expires_at) VALUES ($1, $2, $3, $4, now() + interval '7 days') RETURNING id",
                               workshop_, user_, now, before)[0]
                           .get<SessionId>(0);
  const Row found = app_.query("SELECT * FROM platform.find_session($1)", session)[0];
  EXPECT_EQ(found.get<UserId>("user_id"), user_);
  EXPECT_EQ(found.get<WorkshopId>("workshop_id"), workshop_);
  EXPECT_EQ(found.get<std::string>("workshop_code"), "workshop_001");
  EXPECT_EQ(found.get<std::string>("workshop_status"), "active");
  EXPECT_EQ(found.get<std::optional<Timestamp>>("ended_at"), std::nullopt);

  constexpr auto kByRefresh = "SELECT * FROM platform.find_session_by_refresh($1)";
  EXPECT_EQ(app_.query(kByRefresh, now)[0].get<SessionId>("session_id"), session);
  EXPECT_FALSE(app_.query(kByRefresh, now)[0].get<bool>("reused"));
  EXPECT_EQ(app_.query(kByRefresh, before)[0].get<SessionId>("session_id"), session);
  EXPECT_TRUE(app_.query(kByRefresh, before)[0].get<bool>("reused"));
  EXPECT_TRUE(app_.query(kByRefresh, Bytes(crypto::sha256("other"))).empty());
  EXPECT_TRUE(app_.query("SELECT * FROM platform.find_session($1)", session.value + 1).empty());
}

TEST_F(Login, five_failures_lock_one_account_for_one_address) {
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(fail("owner1", "192.0.2.1"), i);
  EXPECT_FALSE(locked("owner1", "192.0.2.1"));
  EXPECT_EQ(fail("OWNER1", "192.0.2.1"), 5);
  EXPECT_TRUE(locked("Owner1", "192.0.2.1"));
  EXPECT_FALSE(locked("owner1", "192.0.2.2"));
  EXPECT_FALSE(locked("owner2", "192.0.2.1"));
}

TEST_F(Login, the_lock_ends_after_fifteen_minutes_and_counting_starts_anew) {
  for (int i = 0; i < 5; ++i) fail("owner1", "192.0.2.1");
  let_pass("14 minutes");
  EXPECT_TRUE(locked("owner1", "192.0.2.1"));
  let_pass("1 minute");
  EXPECT_FALSE(locked("owner1", "192.0.2.1"));
  EXPECT_EQ(fail("owner1", "192.0.2.1"), 1);
  EXPECT_FALSE(locked("owner1", "192.0.2.1"));
}

TEST_F(Login, failures_more_than_fifteen_minutes_apart_do_not_add_up) {
  for (int i = 0; i < 4; ++i) fail("owner1", "192.0.2.1");
  let_pass("15 minutes");
  EXPECT_EQ(fail("owner1", "192.0.2.1"), 1);
}

TEST_F(Login, success_clears_the_failures) {
  for (int i = 0; i < 5; ++i) fail("owner1", "192.0.2.1");
  app_.query("SELECT platform.clear_login_failures($1, $2)", "owner1", "192.0.2.1");
  EXPECT_FALSE(locked("owner1", "192.0.2.1"));
  EXPECT_EQ(fail("owner1", "192.0.2.1"), 1);
}

TEST_F(Login, old_failures_are_forgotten_and_long_names_take_no_more_room_than_real_ones) {
  fail(std::string(10'000, 'x'), "2001:db8::1");
  EXPECT_EQ(database_.db().query("SELECT max(length(username_key)) FROM platform.login_failures")[0].get<int>(0), 50);
  constexpr auto kForget = "SELECT platform.forget_old_login_failures()";
  EXPECT_EQ(app_.query(kForget)[0].get<std::int64_t>(0), 0);
  let_pass("25 hours");
  EXPECT_EQ(app_.query(kForget)[0].get<std::int64_t>(0), 1);
}

TEST_F(Login, failures_of_accounts_that_exist_are_in_the_audit_log) {
  const auto fail_with_words = [&](std::string_view username) {
    return app_
        .query(
            "SELECT platform.record_sign_in_failure($1, '192.0.2.0', 'auth.login_failed', 'wrong_password',"
            " '192.0.2.1', 'request-1')",
            username)[0]
        .get<std::optional<Timestamp>>(0);
  };
  EXPECT_FALSE(fail_with_words("nobody"));
  for (int i = 1; i <= 4; ++i) EXPECT_FALSE(fail_with_words("OWNER1"));
  EXPECT_TRUE(fail_with_words("owner1"));
  const Rows log = database_.db().query(
      "SELECT workshop_id, action, subject_id, actor_user_id, host(ip) AS ip, request_id, after->>'reason' AS reason,"
      " after->>'until' AS until FROM audit_log ORDER BY id");
  ASSERT_EQ(log.size(), 6);
  for (const Row row : log) {
    EXPECT_EQ(row.get<WorkshopId>("workshop_id"), workshop_);
    EXPECT_EQ(row.get<UserId>("subject_id"), user_);
    EXPECT_EQ(row.get<std::optional<std::int64_t>>("actor_user_id"), std::nullopt);
    EXPECT_EQ(row.get<std::string>("ip"), "192.0.2.1");
    EXPECT_EQ(row.get<std::string>("request_id"), "request-1");
  }
  EXPECT_EQ(log[4].get<std::string>("action"), "auth.login_failed");
  EXPECT_EQ(log[4].get<std::string>("reason"), "wrong_password");
  EXPECT_EQ(log[5].get<std::string>("action"), "auth.locked_out");
  EXPECT_TRUE(log[5].get<std::optional<std::string>>("until"));
}

}  // namespace
}  // namespace pitview::db
