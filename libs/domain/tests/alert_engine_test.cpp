#include "pitview/domain/alert_engine.h"

#include <gmock/gmock.h>

#include <cmath>

namespace pitview {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const Timestamp kStart = *parse_iso8601("2026-02-20T22:30:00Z");
constexpr PitId kPit{7};
constexpr Air kGoodAir{.temperature_c = 24, .humidity_rh = 50, .pressure_hpa = 1013, .aqi = 60};

std::string_view short_name(AlertType type) {
  constexpr std::array<std::string_view, kAlertTypes> kNames = {"aqi",    "temp",   "humidity", "dew",
                                                                "camera", "device", "cpu",      "disk"};
  return kNames[static_cast<std::size_t>(type)];
}

class Engine : public ::testing::Test {
 protected:
  Engine() { engine_.watch(kPit, rules()); }

  // The standard ones without durations.
  static std::shared_ptr<AlertRules> rules() {
    auto rules = std::make_shared<AlertRules>(standard_alert_rules());
    for (AlertRule& rule : *rules) rule.lasting = seconds(0);
    return rules;
  }

  // What came of it since the last call: "+aqi", "!aqi" (escalated), "-aqi", "~aqi" (snooze ended).
  std::vector<std::string> news() {
    std::vector<std::string> news;
    for (const AlertTransition& t : transitions_) {
      constexpr std::array<char, 4> kSigns = {'+', '!', '~', '-'};
      news.push_back(kSigns[static_cast<std::size_t>(t.change)] + std::string(short_name(t.type)));
    }
    last_ = transitions_.empty() ? std::nullopt : std::optional(transitions_.back());
    transitions_.clear();
    return news;
  }

  std::vector<std::string> after(const Air& air) {
    engine_.reading(kPit, air, now_ += seconds(10));
    return news();
  }

  Timestamp now_ = kStart;
  std::vector<AlertTransition> transitions_;
  std::optional<AlertTransition> last_;
  AlertEngine engine_{[this](AlertTransition transition) { transitions_.push_back(std::move(transition)); }};
};

TEST_F(Engine, JudgesEveryQuantityOfAReading) {
  struct Case {
    Air air;
    std::vector<std::string> raised;
  };
  const std::vector<Case> cases = {
      {kGoodAir, {}},
      {{}, {}},
      {{.temperature_c = 36, .humidity_rh = 50, .aqi = 60}, {"+temp"}},
      {{.temperature_c = 14.9, .humidity_rh = 50}, {"+temp"}},
      {{.temperature_c = 24, .humidity_rh = 29}, {"+humidity"}},
      {{.temperature_c = 24, .humidity_rh = 75}, {"+humidity"}},
      {{.temperature_c = 24, .humidity_rh = 85}, {"+humidity", "+dew"}},
      {{.humidity_rh = 85}, {"+humidity"}},
      {{.aqi = 151}, {"+aqi"}},
      {{.aqi = 150}, {}},
      {{.aqi = 500, .iaq_accuracy = 0}, {}},
      {{.aqi = 500, .iaq_accuracy = 1}, {}},
      {{.aqi = 500, .iaq_accuracy = 2}, {"+aqi"}},
      {{.temperature_c = std::nan(""), .humidity_rh = HUGE_VAL}, {}},
      {{.temperature_c = 40, .humidity_rh = 86, .aqi = 210, .iaq_accuracy = 3}, {"+aqi", "+temp", "+humidity", "+dew"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(after(c.air), c.raised) << "case " << &c - cases.data();
    engine_.unwatch(kPit, now_);
    engine_.watch(kPit, rules());
    transitions_.clear();
  }
}

TEST_F(Engine, SaysWhatItIsAbout) {
  auto lasting = rules();
  (*lasting)[static_cast<std::size_t>(AlertType::humidity_out_of_range)].lasting = seconds(20);
  engine_.watch(kPit, lasting);
  for (int i = 0; i < 3; ++i) engine_.reading(kPit, {.humidity_rh = 72.4}, now_ += seconds(10));
  EXPECT_THAT(news(), ElementsAre("+humidity"));
  EXPECT_EQ(last_->pit, kPit);
  EXPECT_EQ(last_->at, now_);
  EXPECT_EQ(last_->value, 72.4);
  EXPECT_EQ(last_->severity, AlertSeverity::warning);
  EXPECT_EQ(last_->message, "Humidity 72.4 % for 20 s: start the dehumidifier and lay no film.");
}

TEST_F(Engine, LeavesOpenWhatAReadingDoesNotSay) {
  EXPECT_THAT(after({.temperature_c = 36, .aqi = 170, .iaq_accuracy = 3}), ElementsAre("+aqi", "+temp"));
  EXPECT_THAT(after({}), IsEmpty());
  EXPECT_THAT(after({.aqi = 50, .iaq_accuracy = 1}), IsEmpty()) << "a sensor that learns says nothing";
  EXPECT_EQ(engine_.open(), 2U);
  EXPECT_THAT(after(kGoodAir), ElementsAre("-aqi", "-temp"));
  EXPECT_EQ(engine_.open(), 0U);
}

TEST_F(Engine, KnowsWatchedPitsOnly) {
  engine_.reading(PitId(8), {.aqi = 400}, kStart);
  engine_.absence(PitId(8), AlertType::device_offline, kStart, kStart + minutes(10));
  EXPECT_THAT(news(), IsEmpty());
  EXPECT_FALSE(engine_.watches(PitId(8)));
  EXPECT_FALSE(engine_.restore({PitId(8), AlertType::high_aqi, AlertSeverity::warning, kStart}));
}

TEST_F(Engine, EndsWhatIsNotWatchedAnyMore) {
  after({.temperature_c = 36, .aqi = 170});
  engine_.absence(kPit, AlertType::device_offline, kStart, now_);
  EXPECT_THAT(news(), ElementsAre("+device"));
  engine_.forget(kPit, AlertType::device_offline, now_);
  EXPECT_THAT(news(), ElementsAre("-device"));
  EXPECT_EQ(last_->end, AlertEnd::not_watched);
  engine_.forget(kPit, AlertType::device_offline, now_);
  EXPECT_THAT(news(), IsEmpty());
  engine_.unwatch(kPit, now_);
  EXPECT_THAT(news(), UnorderedElementsAre("-aqi", "-temp"));
  EXPECT_EQ(last_->end, AlertEnd::not_watched);
  EXPECT_EQ(engine_.open(), 0U);
  EXPECT_THAT(after({.aqi = 400}), IsEmpty());
}

TEST_F(Engine, JudgesByTheNewestRules) {
  EXPECT_THAT(after({.aqi = 170}), ElementsAre("+aqi"));
  auto milder = rules();
  (*milder)[0].high = 180;
  engine_.watch(kPit, milder);
  EXPECT_THAT(after({.aqi = 170}), ElementsAre("-aqi"));
  EXPECT_THAT(after({.aqi = 181}), ElementsAre("+aqi"));
  auto off = rules();
  (*off)[0].enabled = false;
  engine_.watch(kPit, off);
  EXPECT_THAT(after({.aqi = 400}), IsEmpty());
  engine_.pass_time(now_);
  EXPECT_THAT(news(), ElementsAre("-aqi"));
  EXPECT_EQ(last_->end, AlertEnd::rule_disabled);
}

TEST_F(Engine, IsRestoredAsItWas) {
  ASSERT_TRUE(engine_.restore({.pit = kPit,
                               .type = AlertType::high_aqi,
                               .severity = AlertSeverity::warning,
                               .raised_at = kStart - minutes(30),
                               .value = 170}));
  ASSERT_TRUE(engine_.restore({.pit = kPit,
                               .type = AlertType::temp_out_of_range,
                               .severity = AlertSeverity::warning,
                               .raised_at = kStart,
                               .snoozed_until = kStart + minutes(5)}));
  EXPECT_EQ(engine_.open(), 2U);
  EXPECT_THAT(after({.temperature_c = 36, .aqi = 170}), IsEmpty()) << "nothing is raised twice";
  engine_.pass_time(kStart + minutes(5));
  EXPECT_THAT(news(), ElementsAre("~temp"));
  EXPECT_THAT(after(kGoodAir), ElementsAre("-aqi", "-temp"));
}

TEST_F(Engine, EscalatesWhatNobodyHandles) {
  auto impatient = rules();
  for (AlertRule& rule : *impatient) rule.escalates_after = minutes(10);
  engine_.watch(kPit, impatient);
  EXPECT_THAT(after({.temperature_c = 36, .humidity_rh = 20}), ElementsAre("+temp", "+humidity"));
  const Timestamp raised_at = now_;
  OpenAlert noticed{.pit = kPit,
                    .type = AlertType::humidity_out_of_range,
                    .severity = AlertSeverity::warning,
                    .raised_at = raised_at,
                    .acknowledged = true};
  engine_.handled(noticed);
  noticed.type = AlertType::temp_out_of_range;
  noticed.raised_at -= seconds(1);  // an earlier one
  engine_.handled(noticed);
  engine_.pass_time(raised_at + minutes(10));
  EXPECT_THAT(news(), ElementsAre("!temp"));
  EXPECT_TRUE(last_->unattended);
  EXPECT_EQ(last_->severity, AlertSeverity::critical);
  EXPECT_EQ(last_->message, "Temperature 36 °C for 10 min: cool the bay before laying film.");
}

TEST_F(Engine, CountsWhatItHoldsBack) {
  for (int i = 0; i < 20; ++i) {
    engine_.reading(kPit, {.aqi = 170}, now_ += seconds(1));
    engine_.reading(kPit, {.aqi = 50}, now_ += seconds(1));
  }
  EXPECT_EQ(transitions_.size(), 2U * RaiseBudget::kAtOnce);
  EXPECT_EQ(engine_.held_back(), 15U);
}

TEST_F(Engine, WatchesThePlatformAsPitZero) {
  engine_.watch(PitId(), rules());
  engine_.value(PitId(), AlertType::server_cpu, 81, kStart);
  engine_.value(PitId(), AlertType::disk_space, 85, kStart);
  EXPECT_THAT(news(), ElementsAre("+cpu"));
}

}  // namespace
}  // namespace pitview
