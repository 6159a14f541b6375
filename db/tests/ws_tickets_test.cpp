#include <gtest/gtest.h>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::Row;

class WsTickets : public ::testing::Test {
 protected:
  std::int64_t add_session() {
    return database_.db()
        .query(
            "INSERT INTO sessions (workshop_id, user_id, refresh_hash, expires_at)"
            " VALUES ($1, $2, sha256($3::text::bytea), now() + interval '1 day') RETURNING id",
            workshop_, owner_, std::to_string(++made_))[0]
        .get<std::int64_t>(0);
  }

  bool issue(const std::string& ticket, std::int64_t session, int seconds = 30) {
    return app_
        .query("SELECT platform.issue_ws_ticket(sha256($1::text::bytea), $2, $3::int)", ticket, session, seconds)[0]
        .get<bool>(0);
  }

  // Empty: there is no such ticket.
  std::optional<bool> redeem(const std::string& ticket) {
    const postgres::Rows rows =
        app_.query("SELECT good FROM platform.redeem_ws_ticket(sha256($1::text::bytea))", ticket);
    if (rows.empty()) return std::nullopt;
    return rows[0].get<bool>(0);
  }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  UserId owner_ = database_.add_user(workshop_, "owner", "owner");
  postgres::BlockingConnection app_{database_.app()};
  int made_ = 0;
};

TEST_F(WsTickets, are_good_once_and_say_who_holds_them) {
  const std::int64_t session = add_session();
  EXPECT_TRUE(issue("a", session));
  const postgres::Rows rows = app_.query("SELECT * FROM platform.redeem_ws_ticket(sha256('a'))");
  const Row row = rows[0];
  EXPECT_EQ(row.get<UserId>("user_id"), owner_);
  EXPECT_EQ(row.get<WorkshopId>("workshop_id"), workshop_);
  EXPECT_EQ(row.get<std::int64_t>("session_id"), session);
  EXPECT_EQ(row.get<std::string>("role"), "owner");
  EXPECT_TRUE(row.get<bool>("good"));
  EXPECT_FALSE(redeem("a"));
  EXPECT_FALSE(redeem("made up"));
}

TEST_F(WsTickets, are_no_good_when_they_or_their_session_are_over) {
  const std::int64_t session = add_session();
  EXPECT_TRUE(issue("late", session, -1));
  EXPECT_EQ(redeem("late"), false);
  EXPECT_TRUE(issue("ended", session));
  database_.db().query("UPDATE sessions SET ended_at = now(), end_reason = 'logged_out' WHERE id = $1", session);
  EXPECT_EQ(redeem("ended"), false);
  EXPECT_TRUE(issue("disabled", add_session()));
  database_.db().query("UPDATE users SET disabled_at = now() WHERE id = $1", owner_);
  EXPECT_EQ(redeem("disabled"), false);
}

TEST_F(WsTickets, are_bounded_for_each_session_and_old_ones_go_by_themselves) {
  const std::int64_t session = add_session();
  for (int i = 0; i < 110; ++i) EXPECT_TRUE(issue("old" + std::to_string(i), session, -1));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(issue("new" + std::to_string(i), session));
  EXPECT_FALSE(issue("one too many", session));
  EXPECT_TRUE(issue("of another session", add_session()));
  EXPECT_EQ(
      database_.db().query("SELECT count(*) FROM platform.ws_tickets WHERE expires_at < now()")[0].get<std::int64_t>(0),
      0);
}

}  // namespace
}  // namespace pitview::db
