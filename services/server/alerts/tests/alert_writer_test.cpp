// What is written and said of what the engine finds. Real PostgreSQL.
#include "alerts/alert_writer.h"

#include <gmock/gmock.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <functional>

#include "pitview/db/testing/migrated_database.h"

namespace pitview::alerts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AlertWriting : public ::testing::Test {
 protected:
  AlertWriting() {
    hub_.set_relay([this](const live::Event& event) { said_.push_back(event.data); });
    writer_.start();
  }

  ~AlertWriting() override {
    bool ended = false;
    asio::co_spawn(io(), finish(), [&](std::exception_ptr) { ended = true; });
    EXPECT_TRUE(eventually([&] { return ended; }));
  }

  Awaitable<> finish() {
    co_await writer_.stop();
    co_await pools_.close();
  }

  bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(30);
    io().restart();
    while (!holds() && std::chrono::steady_clock::now() < deadline) io().run_one_for(std::chrono::milliseconds(20));
    return holds();
  }

  AlertTransition transition(AlertChange change, PitId pit, Timestamp at, AlertType type = AlertType::high_aqi) {
    return {.pit = pit,
            .type = type,
            .change = change,
            .severity = change == AlertChange::escalated ? AlertSeverity::critical : AlertSeverity::warning,
            .at = at,
            .value = 170,
            .message = "Bad air"};
  }
  void add(AlertChange change, Timestamp at) { writer_.add(workshop_, transition(change, pit_, at)); }
  std::int64_t written() { return database_.db().query("SELECT count(*) FROM alert_events")[0].get<std::int64_t>(0); }
  bool eventually_events(std::int64_t events) {
    return eventually([&] { return written() == events; });
  }

  // "TYPE SEVERITY acknowledged? open?" each, the oldest first.
  std::vector<std::string> alerts() {
    std::vector<std::string> all;
    for (const postgres::Row& row : database_.db().query(
             "SELECT concat_ws(' ', alert_type, severity, CASE WHEN acknowledged THEN 'acknowledged' END,"
             " CASE WHEN resolved_at IS NULL THEN 'open' END) FROM alerts ORDER BY id"))
      all.push_back(row.get<std::string>(0));
    return all;
  }
  std::string metrics() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }
  asio::io_context& io() { return runtime_.context(0); }

  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  PitId second_pit_ = database_.add_pit(workshop_, 2);
  UserId user_ = database_.add_user(workshop_, "owner", "owner");
  ManualClock clock_{SystemClock().now()};
  Timestamp now_ = clock_.now();
  Runtime runtime_{1};
  app::Database pools_{runtime_, {.conninfo = database_.app(), .size = 2}};
  prometheus::Registry registry_;
  AlertMetrics metrics_{registry_};
  AlertsRepository repository_{pools_};
  live::Hub hub_{runtime_, clock_};
  std::vector<std::string> said_;
  AlertWriter writer_{io().get_executor(), {repository_, hub_, clock_, metrics_}};
};

TEST_F(AlertWriting, writes_a_life_in_its_order_and_says_each_step) {
  add(AlertChange::raised, now_);
  add(AlertChange::escalated, now_ + seconds(1));
  add(AlertChange::resolved, now_ + seconds(2));
  add(AlertChange::raised, now_ + seconds(3));
  ASSERT_TRUE(eventually_events(4));
  ASSERT_TRUE(eventually([&] { return said_.size() == 4; }));
  EXPECT_THAT(alerts(), ElementsAre("high_aqi critical", "high_aqi warning open"));
  for (const auto& [index, change] : {std::pair(0, "raised"), {1, "escalated"}, {2, "resolved"}, {3, "raised"}})
    EXPECT_THAT(said_[static_cast<std::size_t>(index)], HasSubstr("\"change\":\"" + std::string(change) + "\""));
  EXPECT_THAT(said_[0], HasSubstr(R"("severity":"warning")")) << "as it was then, not as it is now";
  EXPECT_THAT(metrics(), HasSubstr("pitview_alerts_raised_total{type=\"high_aqi\"} 2\n"));
  EXPECT_THAT(metrics(), HasSubstr("pitview_alerts_resolved_total{type=\"high_aqi\"} 1\n"));
}

TEST_F(AlertWriting, opens_no_second_one_whoever_says_so) {
  add(AlertChange::raised, now_);
  add(AlertChange::raised, now_ + seconds(1));  // another server
  writer_.add(kPlatform, transition(AlertChange::raised, PitId(), now_, AlertType::disk_space));
  writer_.add(kPlatform, transition(AlertChange::raised, PitId(), now_, AlertType::disk_space));
  ASSERT_TRUE(eventually_events(2));
  ASSERT_TRUE(eventually([&] { return said_.size() == 2 && writer_.waiting() == 0; }));
  EXPECT_THAT(alerts(), ElementsAre("high_aqi warning open", "disk_space warning open"));
  EXPECT_THROW(database_.db().query("INSERT INTO alerts (workshop_id, pit_id, alert_type, severity, message)"
                                    " VALUES ($1, $2, 'high_aqi', 'info', 'x')",
                                    workshop_, pit_),
               postgres::QueryFailed);
}

TEST_F(AlertWriting, escalates_nothing_for_want_of_notice_that_was_just_noticed) {
  add(AlertChange::raised, now_);
  ASSERT_TRUE(eventually_events(1));
  database_.db().query("UPDATE alerts SET acknowledged = true, acknowledged_by = $1, acknowledged_at = now()", user_);
  AlertTransition unattended = transition(AlertChange::escalated, pit_, now_ + seconds(1));
  unattended.unattended = true;
  writer_.add(workshop_, unattended);
  writer_.add(workshop_, transition(AlertChange::raised, second_pit_, now_));
  ASSERT_TRUE(eventually_events(2));
  EXPECT_THAT(alerts(), ElementsAre("high_aqi warning acknowledged open", "high_aqi warning open"));
  add(AlertChange::escalated, now_ + seconds(2));
  ASSERT_TRUE(eventually_events(3));
  EXPECT_THAT(alerts(), ElementsAre("high_aqi critical open", "high_aqi warning open"));
  unattended.pit = second_pit_;
  writer_.add(workshop_, unattended);
  ASSERT_TRUE(eventually_events(4));
  EXPECT_THAT(alerts(), ElementsAre("high_aqi critical open", "high_aqi critical open"));
}

TEST_F(AlertWriting, ends_a_snooze_that_was_not_made_longer) {
  add(AlertChange::raised, now_);
  ASSERT_TRUE(eventually_events(1));
  database_.db().query("UPDATE alerts SET snoozed_until = $1", now_ + minutes(10));
  add(AlertChange::snooze_ended, now_ + minutes(5));
  add(AlertChange::snooze_ended, now_ + minutes(10));
  ASSERT_TRUE(eventually_events(2));
  ASSERT_TRUE(eventually([&] { return said_.size() == 2; }));
  EXPECT_THAT(said_[1], HasSubstr("snooze_ended"));
}

TEST_F(AlertWriting, leaves_out_what_the_database_refuses_and_nothing_else) {
  writer_.add(workshop_, transition(AlertChange::raised, pit_, now_));
  writer_.add(workshop_, transition(AlertChange::raised, PitId(999), now_));  // of no pit
  writer_.add(workshop_, transition(AlertChange::raised, second_pit_, now_));
  ASSERT_TRUE(eventually_events(2));
  ASSERT_TRUE(eventually([&] { return said_.size() == 2; }));
  EXPECT_THAT(metrics(), HasSubstr("pitview_alerts_refused_total 1\n"));
}

TEST_F(AlertWriting, waits_for_a_database_that_cannot_take_it) {
  database_.db().run_script("REVOKE INSERT ON alert_events FROM pitview_app");
  add(AlertChange::raised, now_);
  ASSERT_TRUE(eventually([&] { return writer_.waiting() == 0; }));
  for (std::size_t i = 0; i < AlertWriter::kMaxWaiting; ++i) add(AlertChange::resolved, now_ + seconds(1));
  EXPECT_TRUE(writer_.is_full());
  EXPECT_THAT(alerts(), IsEmpty());
  database_.db().run_script("GRANT INSERT ON alert_events TO pitview_app");
  ASSERT_TRUE(eventually([&] { return said_.size() == 2 && writer_.waiting() == 0; }));
  EXPECT_FALSE(writer_.is_full());
  EXPECT_THAT(alerts(), ElementsAre("high_aqi warning"));
}

}  // namespace
}  // namespace pitview::alerts
