// What owners are told of alerts who have no page open (plan §13.2), in virtual time: the real writer of alerts, the
// real outbox and sender.
#include <prometheus/registry.h>

#include "alerts/alert_writer.h"
#include "customer_story.h"

namespace pitview::messages {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AlertStory : public CustomerStory {
 protected:
  AlertStory() {
    has_phone(owner_.user, "+919812345678");
    writer_.start();
  }
  ~AlertStory() override { run(writer_.stop()); }

  void has_phone(UserId user, const std::string& number) {
    const auto sealed = auth::seal_phone(kDataKey, number);
    database_.db().query("UPDATE users SET phone_sealed = $2, phone_lookup = $3 WHERE id = $1", user, sealed.sealed,
                         sealed.lookup);
  }
  void say(AlertChange change, AlertType type, AlertSeverity severity, bool unattended = false) {
    const std::int64_t before = events();
    writer_.add(workshop_, {.pit = pit_,
                            .type = type,
                            .change = change,
                            .severity = severity,
                            .at = clock_.now(),
                            .value = 212,
                            .message = change == AlertChange::resolved ? "" : "The air is bad.",
                            .unattended = unattended});
    io().restart();
    while (events() == before) io().run_one_for(std::chrono::milliseconds(20));
  }
  void raise(AlertType type, AlertSeverity severity = AlertSeverity::warning) {
    say(AlertChange::raised, type, severity);
  }
  void resolve(AlertType type) { say(AlertChange::resolved, type, AlertSeverity::warning); }
  std::int64_t events() { return database_.db().query("SELECT count(*) FROM alert_events")[0].get<std::int64_t>(0); }
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const postgres::Row& row : database_.db().query(
             "SELECT status || coalesce(': ' || reason, '') FROM messages WHERE alert_id IS NOT NULL ORDER BY id"))
      lines.push_back(row.get<std::string>(0));
    return lines;
  }

  prometheus::Registry registry_;
  alerts::AlertMetrics metrics_{registry_};
  alerts::AlertsRepository alerts_{database_pools_};
  alerts::AlertWriter writer_{io().get_executor(), {alerts_, hub_, clock_, metrics_}};
};

TEST_F(AlertStory, BadAirIsToldAMinuteLater) {
  raise(AlertType::high_aqi);
  go_on(seconds(59), seconds(1));
  EXPECT_THAT(got(), IsEmpty());
  go_on(seconds(2), seconds(1));
  EXPECT_THAT(phone_.to, ElementsAre("+919812345678"));
  EXPECT_THAT(got(), ElementsAre("00 10:01 PitView: Shine, pit 1: The air is bad."));
}

TEST_F(AlertStory, WhatPassesOrIsNoticedIsNot) {
  raise(AlertType::camera_offline);
  clock_.advance(seconds(30));
  resolve(AlertType::camera_offline);
  raise(AlertType::high_aqi);
  database_.db().query(
      "UPDATE alerts SET acknowledged = true, acknowledged_by = $1, acknowledged_at = $2 WHERE alert_type = 'high_aqi'",
      owner_.user, clock_.now());
  go_on(minutes(5));
  EXPECT_THAT(got(), IsEmpty());
  EXPECT_THAT(told(), ElementsAre("dropped: The alert is over.", "dropped: Somebody has taken notice of the alert."));
}

TEST_F(AlertStory, OnlyWhatThePlanSaysUnlessNobodyTakesNotice) {
  for (const AlertType type : {AlertType::temp_out_of_range, AlertType::humidity_out_of_range,
                               AlertType::device_offline, AlertType::dew_point_margin})
    raise(type);
  go_on(minutes(5));
  EXPECT_THAT(told(), IsEmpty());
  say(AlertChange::escalated, AlertType::device_offline, AlertSeverity::critical, true);
  go_on(minutes(2));
  EXPECT_THAT(got(), ElementsAre("00 10:06 PitView: Shine, pit 1: The air is bad."));
}

TEST_F(AlertStory, OneThatComesAndGoesIsToldOnceInHalfAnHour) {
  for (int i = 0; i < 6; ++i) {
    raise(AlertType::camera_offline);
    go_on(minutes(2));
    resolve(AlertType::camera_offline);
    go_on(minutes(3));
  }
  EXPECT_EQ(got().size(), 1U);
  go_on(minutes(1));
  raise(AlertType::camera_offline);
  go_on(minutes(2));
  EXPECT_EQ(got().size(), 1U);
}

TEST_F(AlertStory, CriticalIsNewsAndWakesPeople) {
  clock_.set(kTen + hours(12));  // 22:00
  raise(AlertType::high_aqi);
  go_on(minutes(2));
  EXPECT_THAT(got(), IsEmpty());
  say(AlertChange::escalated, AlertType::high_aqi, AlertSeverity::critical);
  go_on(minutes(2));
  EXPECT_THAT(got(), ElementsAre("00 22:03 PitView: Shine, pit 1: The air is bad."));
  go_on(hours(12));
  EXPECT_THAT(got(), IsEmpty()) << "a warning of last night is no news in the morning";
}

TEST_F(AlertStory, EveryOwnerWhoWantsIt) {
  has_phone(database_.add_user(workshop_, "partner", "owner"), "+919800000001");
  has_phone(database_.add_user(workshop_, "foreman", "manager"), "+919800000002");
  const WorkshopId other = database_.add_workshop("workshop_002");
  has_phone(database_.add_user(other, "stranger", "owner"), "+919800000003");
  raise(AlertType::high_aqi);
  go_on(minutes(2));
  EXPECT_THAT(phone_.to, testing::UnorderedElementsAre("+919812345678", "+919800000001"));
  database_.db().query("INSERT INTO message_settings (workshop_id, owner_alerts) VALUES ($1, false)", workshop_);
  raise(AlertType::camera_offline);
  go_on(minutes(2));
  EXPECT_EQ(phone_.to.size(), 2U);
}

TEST_F(AlertStory, IsSaidInTheWorkshopsLanguage) {
  database_.db().query("UPDATE workshops SET language = 'hi' WHERE id = $1", workshop_);
  raise(AlertType::high_aqi);
  go_on(minutes(2));
  EXPECT_THAT(got(), ElementsAre("00 10:01 PitView चेतावनी: Shine, पिट 1: हवा की गुणवत्ता (VOC) ख़राब है (212)।"));
}

}  // namespace
}  // namespace pitview::messages
