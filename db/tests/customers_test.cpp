// What a customer may see and for how long, and who is watching, asked of PostgreSQL itself.
#include <gmock/gmock.h>

#include "pitview/base/crypto.h"
#include "pitview/db/testing/migrated_database.h"

namespace pitview::db {
namespace {

using postgres::BlockingConnection;
using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Customers : public ::testing::Test {
 protected:
  SessionId add_session(UserId user) {
    return database_.db()
        .query(
            "INSERT INTO sessions (workshop_id, user_id, refresh_hash, expires_at)"
            " VALUES ($1, $2, $3, now() + interval '1 day') RETURNING id",
            workshop_, user, Bytes(crypto::sha256(crypto::random_token())))[0]
        .get<SessionId>(0);
  }

  // What has changed: "job watching viewers".
  std::vector<std::string> note(std::string_view server, const std::vector<SessionId>& sessions) {
    std::vector<std::string> changes;
    for (const Row row :
         app_.query("SELECT job_id, watching, viewers FROM platform.note_viewers($1, 'live', $2)", server, sessions))
      changes.push_back(std::to_string(row.get<std::int64_t>("job_id")) + (row.get<bool>("watching") ? " + " : " - ") +
                        std::to_string(row.get<std::int64_t>("viewers")));
    return changes;
  }
  std::string change(JobId job, std::string_view sign, int viewers) {
    return std::to_string(job.value) + " " + std::string(sign) + " " + std::to_string(viewers);
  }

  // As if that much time had passed.
  void let_pass(std::string_view interval) {
    database_.db().query(
        "UPDATE view_sessions SET started_at = started_at - $1::interval, last_seen_at = last_seen_at - $1::interval,"
        " ended_at = ended_at - $1::interval",
        interval);
  }
  int opens(JobId job) {
    return database_.db()
        .query("SELECT coalesce(sum(opens), 0)::integer FROM tracking_opens WHERE job_id = $1", job)[0]
        .get<int>(0);
  }
  void set_job(JobId job, std::string_view assignments) {
    database_.db().query("UPDATE jobs SET " + std::string(assignments) + " WHERE id = $1", job);
  }

  testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  UserId customer_ = database_.add_user(workshop_, "rohan", "customer");
  UserId owner_ = database_.add_user(workshop_, "amit", "owner");
  JobId job_ = database_.add_job(workshop_, pit_, customer_, "in_progress");
  BlockingConnection app_{database_.app()};
};

TEST_F(Customers, have_access_until_thirty_days_after_the_end) {
  const auto open = [this](std::string_view status, std::string_view end, std::string_view updated) {
    return database_.db()
        .query("SELECT customer_access_ends($1, now() - $2::interval, now() - $3::interval) > now()", status,
               end.empty() ? std::optional<std::string_view>() : end, updated)[0]
        .get<bool>(0);
  };
  for (const char* status : {"waiting", "in_progress", "on_hold", "quality_check"})
    EXPECT_TRUE(open(status, "", "400 days")) << status;
  for (const char* status : {"completed", "cancelled"}) {
    EXPECT_TRUE(open(status, "29 days 23 hours", "0")) << status;
    EXPECT_FALSE(open(status, "30 days 1 second", "0")) << status << ": changing it later prolongs nothing";
  }
  EXPECT_TRUE(open("cancelled", "", "29 days 23 hours"));
  EXPECT_FALSE(open("cancelled", "", "30 days 1 second"));
}

TEST_F(Customers, are_signed_in_by_the_link_of_their_job_while_it_is_good) {
  const Bytes hash(crypto::sha256("token"));
  database_.db().query(
      "INSERT INTO tracking_links (workshop_id, job_id, customer_id, token_hash, created_by) VALUES ($1, $2, $3, $4, "
      "$5)",
      workshop_, job_, customer_, hash, owner_);
  const auto opens = [&] { return app_.query("SELECT * FROM platform.open_tracking_link($1)", hash); };
  ASSERT_EQ(opens().size(), 1);
  EXPECT_EQ(opens()[0].get<WorkshopId>("workshop_id"), workshop_);
  EXPECT_EQ(opens()[0].get<JobId>("job_id"), job_);
  EXPECT_EQ(opens()[0].get<UserId>("customer_id"), customer_);
  EXPECT_TRUE(app_.query("SELECT * FROM platform.open_tracking_link($1)", Bytes(crypto::sha256("Token"))).empty());

  set_job(job_, "status = 'completed', actual_end_time = now()");
  EXPECT_EQ(opens().size(), 1) << "post-job access";
  set_job(job_, "actual_start_time = now() - interval '40 days', actual_end_time = now() - interval '31 days'");
  EXPECT_TRUE(opens().empty()) << "too old";
  set_job(job_, "actual_end_time = now()");
  database_.db().query("UPDATE users SET disabled_at = now() WHERE id = $1", customer_);
  EXPECT_TRUE(opens().empty()) << "disabled";
  database_.db().query("UPDATE users SET disabled_at = NULL WHERE id = $1", customer_);
  EXPECT_EQ(opens().size(), 1);
  set_job(job_, "customer_id = " + std::to_string(owner_.value));
  EXPECT_TRUE(opens().empty()) << "of another's job";
  set_job(job_, "customer_id = " + std::to_string(customer_.value));
  database_.db().query("UPDATE tracking_links SET revoked_at = now()");
  EXPECT_TRUE(opens().empty()) << "revoked";
}

TEST_F(Customers, have_one_link_per_job_that_opens) {
  const auto add = [this](std::string_view token) {
    database_.db().query(
        "INSERT INTO tracking_links (workshop_id, job_id, customer_id, token_hash, created_by)"
        " VALUES ($1, $2, $3, $4, $5)",
        workshop_, job_, customer_, Bytes(crypto::sha256(token)), owner_);
  };
  add("first");
  try {
    add("second");
    FAIL() << "two links of one job would open";
  } catch (const postgres::QueryFailed& e) {
    EXPECT_TRUE(postgres::is_unique_violation(e, "tracking_links_one_per_job"));
  }
  database_.db().query("UPDATE tracking_links SET revoked_at = now()");
  add("second");
}

TEST_F(Customers, watch_as_long_as_their_server_says_so) {
  const SessionId session = add_session(customer_);
  EXPECT_THAT(note("main", {session}), ElementsAre(change(job_, "+", 1)));
  EXPECT_THAT(note("main", {session}), IsEmpty()) << "nothing new";
  const SessionId second = add_session(customer_);
  EXPECT_THAT(note("main", {session, second}), ElementsAre(change(job_, "+", 2)));
  EXPECT_THAT(note("main", {second}), ElementsAre(change(job_, "-", 1)));
  EXPECT_THAT(note("main", {}), ElementsAre(change(job_, "-", 0)));
  const Rows rows = database_.db().query(
      "SELECT count(*) FILTER (WHERE ended_at IS NULL)::integer, count(*)::integer FROM view_sessions");
  EXPECT_EQ(rows[0].get<int>(0), 0);
  EXPECT_EQ(rows[0].get<int>(1), 2);
}

TEST_F(Customers, watch_their_own_jobs_that_are_not_over_and_nothing_else) {
  const UserId other = database_.add_user(workshop_, "sara", "customer");
  database_.add_job(workshop_, database_.add_pit(workshop_, 2), other, "in_progress");
  database_.add_job(workshop_, pit_, customer_, "completed");
  const JobId waiting = database_.add_job(workshop_, pit_, customer_, "waiting");
  const WorkshopId elsewhere = database_.add_workshop("workshop_002");
  database_.add_job(elsewhere, database_.add_pit(elsewhere, 1), database_.add_user(elsewhere, "kiran", "customer"),
                    "in_progress");
  const SessionId session = add_session(customer_);
  EXPECT_THAT(note("main", {session, add_session(owner_)}), ElementsAre(change(job_, "+", 1), change(waiting, "+", 1)));

  set_job(job_, "status = 'completed', actual_end_time = now()");
  EXPECT_THAT(note("main", {session}), ElementsAre(change(job_, "-", 0))) << "the job is over";
  database_.db().query("UPDATE sessions SET ended_at = now(), end_reason = 'link_revoked' WHERE id = $1", session);
  EXPECT_THAT(note("main", {session}), ElementsAre(change(waiting, "-", 0))) << "the session is over";
}

TEST_F(Customers, at_several_servers_are_noted_by_each) {
  const SessionId here = add_session(customer_);
  const SessionId there = add_session(customer_);
  note("main", {here});
  EXPECT_THAT(note("second", {there}), ElementsAre(change(job_, "+", 2)));
  EXPECT_THAT(note("second", {here, there}), ElementsAre(change(job_, "+", 2))) << "one session at both is one viewer";
  EXPECT_THAT(note("main", {}), ElementsAre(change(job_, "-", 2)));
  EXPECT_THAT(note("second", {}), ElementsAre(change(job_, "-", 0), change(job_, "-", 0)));
}

TEST_F(Customers, of_a_server_that_died_are_gone_after_45_seconds) {
  const SessionId session = add_session(customer_);
  note("second", {session});
  let_pass("44 seconds");
  EXPECT_THAT(note("main", {}), IsEmpty());
  let_pass("2 seconds");
  EXPECT_THAT(note("main", {}), ElementsAre(change(job_, "-", 0)));
  EXPECT_THAT(note("main", {}), IsEmpty()) << "said once";
  const Rows rows =
      database_.db().query("SELECT extract(epoch FROM ended_at - last_seen_at)::integer FROM view_sessions");
  EXPECT_EQ(rows[0].get<int>(0), 15) << "nobody knows that it was longer";
  EXPECT_THAT(note("second", {session}), ElementsAre(change(job_, "+", 1))) << "it was not dead";
}

TEST_F(Customers, of_this_server_before_it_died_are_gone_with_its_start) {
  note("main", {add_session(customer_)});
  let_pass("10 minutes");
  EXPECT_THAT(note("main", {}), ElementsAre(change(job_, "-", 0)));
  const Rows rows =
      database_.db().query("SELECT extract(epoch FROM ended_at - last_seen_at)::integer FROM view_sessions");
  EXPECT_EQ(rows[0].get<int>(0), 15);
}

TEST_F(Customers, open_the_page_anew_after_five_minutes_or_with_another_sign_in) {
  const SessionId session = add_session(customer_);
  note("main", {session});
  EXPECT_EQ(opens(job_), 1);
  note("main", {});
  note("main", {session});
  EXPECT_EQ(opens(job_), 1) << "a reload";
  note("second", {session});
  EXPECT_EQ(opens(job_), 1) << "at another server";
  note("main", {session, add_session(customer_)});
  EXPECT_EQ(opens(job_), 2) << "another telephone";
  note("main", {});
  note("second", {});
  let_pass("6 minutes");
  note("main", {session});
  EXPECT_EQ(opens(job_), 3) << "later";
}

TEST_F(Customers, open_the_page_on_the_day_of_their_workshop) {
  database_.db().query("UPDATE workshops SET timezone = 'Pacific/Kiritimati' WHERE id = $1", workshop_);
  note("main", {add_session(customer_)});
  EXPECT_TRUE(database_.db()
                  .query("SELECT day = (now() AT TIME ZONE 'Pacific/Kiritimati')::date FROM tracking_opens")[0]
                  .get<bool>(0));
}

TEST_F(Customers, cannot_be_watched_by_writing_to_the_tables) {
  app_.run_script("SET pitview.workshop_id = " + std::to_string(workshop_.value));
  const std::string job = std::to_string(job_.value);
  for (const std::string& sql :
       {std::string("UPDATE view_sessions SET ended_at = now()"),
        "UPDATE tracking_opens SET opens = 9 WHERE job_id = " + job, std::string("DELETE FROM consents"),
        std::string("UPDATE consents SET given = true"), std::string("UPDATE consent_texts SET live_video = 'x'"),
        std::string("DELETE FROM ratings"), std::string("UPDATE tracking_links SET token_hash = token_hash"),
        std::string("DELETE FROM tracking_links")}) {
    try {
      app_.run_script(sql);
      ADD_FAILURE() << "allowed: " << sql;
    } catch (const postgres::QueryFailed& e) {
      EXPECT_EQ(e.sqlstate(), "42501") << sql;
    }
  }
}

}  // namespace
}  // namespace pitview::db
