// The life of one alert, as tables: second by second what is observed, and what comes of it.
#include "pitview/domain/alert_state.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>

namespace pitview {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart = *parse_iso8601("2026-02-20T22:30:00Z");

struct Step {
  int second;
  double value;
  std::string change;  // "" none
};

std::string name_of(std::optional<AlertChange> change, const AlertState& state) {
  if (!change) return "";
  const bool critical = state.severity == AlertSeverity::critical;
  switch (*change) {
    case AlertChange::raised: return critical ? "raised critical" : "raised";
    case AlertChange::escalated: return "escalated";
    case AlertChange::snooze_ended: return "snooze ended";
    case AlertChange::resolved: return "resolved";
  }
  return "";
}

void expect(const char* what, const AlertRule& rule, const std::vector<Step>& steps) {
  SCOPED_TRACE(what);
  AlertState state;
  for (const Step& step : steps) {
    const auto change = observe(state, rule, step.value, kStart + seconds(step.second));
    EXPECT_EQ(name_of(change, state), step.change) << "at " << step.second << " s, " << step.value;
  }
}

const AlertRule kHumidity{.low = 30, .high = 70, .hysteresis = 2, .lasting = seconds(30)};
const AlertRule kAtOnce{.low = 30, .high = 70, .hysteresis = 2};
const AlertRule kAqi{.high = 150, .critical_high = 200, .hysteresis = 10, .lasting = seconds(20)};

TEST(AlertState, IsOpenWhileAValueIsOutside) {
  expect("the limit itself is good", kAtOnce, {{0, 70, ""}, {10, 30, ""}, {20, 70.1, "raised"}});
  expect("below", kAtOnce, {{0, 29.9, "raised"}, {10, 31.9, ""}, {20, 32, "resolved"}});
  expect("it lasts", kHumidity, {{0, 71, ""}, {10, 71, ""}, {20, 71, ""}, {30, 71, "raised"}, {40, 71, ""}});
  expect("a break begins anew", kHumidity,
         {{0, 71, ""}, {10, 71, ""}, {20, 70, ""}, {30, 71, ""}, {50, 71, ""}, {60, 71, "raised"}});
  expect("hysteresis", kAtOnce, {{0, 71, "raised"}, {10, 68.1, ""}, {20, 69, ""}, {30, 68, "resolved"}, {40, 69, ""}});
  expect("from one side to the other", kAtOnce, {{0, 71, "raised"}, {10, 20, ""}, {20, 50, "resolved"}});
  expect("the other side keeps what is pending", kHumidity, {{0, 71, ""}, {20, 20, ""}, {30, 20, "raised"}});
  expect("again", kAtOnce, {{0, 71, "raised"}, {10, 50, "resolved"}, {20, 71, "raised"}});
}

TEST(AlertState, KnowsNothingOfGaps) {
  expect("pending begins anew", kHumidity, {{0, 71, ""}, {61, 71, ""}, {80, 71, ""}, {91, 71, "raised"}});
  expect("60 s are none", kHumidity, {{0, 71, ""}, {60, 71, "raised"}});
  expect("an open alert stays open", kAtOnce, {{0, 71, "raised"}, {3600, 71, ""}, {7200, 50, "resolved"}});
  expect("critical begins anew", kAqi,
         {{0, 160, ""}, {20, 160, "raised"}, {30, 210, ""}, {100, 210, ""}, {119, 210, ""}, {120, 210, "escalated"}});
}

TEST(AlertState, TakesNoNonsense) {
  const double nan = std::nan("");
  expect("no number", kAtOnce, {{0, nan, ""}, {10, HUGE_VAL, ""}, {20, -HUGE_VAL, ""}});
  expect("no number in between", kHumidity, {{0, 71, ""}, {20, nan, ""}, {30, 71, "raised"}, {40, nan, ""}});
  expect("not newer", kHumidity, {{30, 71, ""}, {0, 50, ""}, {30, 50, ""}, {60, 71, "raised"}, {59, 50, ""}});
}

TEST(AlertState, BecomesCritical) {
  expect("later", kAqi,
         {{0, 160, ""}, {20, 160, "raised"}, {30, 201, ""}, {40, 201, ""}, {50, 201, "escalated"}, {60, 201, ""}});
  expect("at once", kAqi, {{0, 201, ""}, {10, 300, ""}, {20, 201, "raised critical"}, {30, 300, ""}});
  expect("only without a break", kAqi,
         {{0, 160, ""}, {20, 160, "raised"}, {30, 201, ""}, {40, 200, ""}, {55, 201, ""}});
  expect("and stays so until it is over", kAqi,
         {{0, 250, ""},
          {20, 250, "raised critical"},
          {30, 160, ""},
          {40, 141, ""},
          {50, 140, "resolved"},
          {60, 160, ""},
          {80, 160, "raised"}});
}

TEST(AlertState, OfAbsence) {
  const AlertRule rule{.lasting = seconds(60)};
  AlertState state;
  const auto at = [&](int second, std::optional<int> since) {
    std::optional<Timestamp> absent;
    if (since) absent = kStart + seconds(*since);
    return name_of(observe_absence(state, rule, absent, kStart + seconds(second)), state);
  };
  EXPECT_EQ(at(0, std::nullopt), "");
  EXPECT_EQ(at(59, 0), "");
  EXPECT_EQ(at(60, 0), "raised");
  EXPECT_EQ(state.began_at, kStart);
  EXPECT_EQ(at(61, 0), "");
  EXPECT_EQ(at(62, std::nullopt), "resolved");
  EXPECT_EQ(at(63, std::nullopt), "");
  EXPECT_EQ(at(100, 62), "");
}

TEST(AlertState, EscalatesWhenNobodyTakesNotice) {
  AlertRule rule = kAtOnce;
  rule.escalates_after = minutes(10);
  const auto raised = [&] {
    AlertState state;
    EXPECT_TRUE(observe(state, rule, 71, kStart));
    return state;
  };
  {
    AlertState state = raised();
    EXPECT_FALSE(pass_time(state, rule, kStart + seconds(599)));
    EXPECT_EQ(pass_time(state, rule, kStart + seconds(600)), AlertChange::escalated);
    EXPECT_FALSE(pass_time(state, rule, kStart + minutes(60)));
  }
  {
    AlertState state = raised();
    state.acknowledged = true;
    EXPECT_FALSE(pass_time(state, rule, kStart + minutes(60)));
  }
  {
    AlertState state = raised();
    state.snoozed_until = kStart + minutes(30);
    EXPECT_FALSE(pass_time(state, rule, kStart + minutes(29)));
    EXPECT_EQ(pass_time(state, rule, kStart + minutes(30)), AlertChange::snooze_ended);
    EXPECT_EQ(pass_time(state, rule, kStart + minutes(30)), AlertChange::escalated);
  }
  AlertState quiet;
  EXPECT_FALSE(pass_time(quiet, rule, kStart + minutes(60)));
}

TEST(AlertState, ThatBecomesCriticalIsNewsAgain) {
  AlertState state;
  observe(state, kAqi, 160, kStart);
  ASSERT_EQ(observe(state, kAqi, 160, kStart + seconds(20)), AlertChange::raised);
  state.acknowledged = true;
  state.snoozed_until = kStart + minutes(60);
  observe(state, kAqi, 210, kStart + seconds(30));
  ASSERT_EQ(observe(state, kAqi, 210, kStart + seconds(50)), AlertChange::escalated);
  EXPECT_FALSE(state.acknowledged);
  EXPECT_FALSE(state.snoozed_until);
}

TEST(AlertState, ThatFlapsIsHeldBackAndNotLost) {
  AlertState state;
  int raised = 0, second = 0;
  for (; second < 50; second += 2) {
    raised += observe(state, kAtOnce, 71, kStart + seconds(second)) ? 1 : 0;
    observe(state, kAtOnce, 50, kStart + seconds(second + 1));
  }
  EXPECT_EQ(raised, RaiseBudget::kAtOnce);
  EXPECT_FALSE(observe(state, kAtOnce, 71, kStart + seconds(50)));
  EXPECT_TRUE(state.held_back);
  EXPECT_FALSE(observe(state, kAtOnce, 71, kStart + seconds(59)));
  EXPECT_EQ(observe(state, kAtOnce, 71, kStart + seconds(60)), AlertChange::raised);
  EXPECT_FALSE(state.held_back);
  EXPECT_EQ(state.began_at, kStart + seconds(50));
}

TEST(RaiseBudget, FillsUpAgain) {
  RaiseBudget budget;
  const auto taken = [&](Timestamp at) {
    int count = 0;
    while (budget.take(at)) ++count;
    return count;
  };
  EXPECT_EQ(taken(kStart), 5);
  EXPECT_EQ(taken(kStart + seconds(59)), 0);
  EXPECT_EQ(taken(kStart + seconds(61)), 1);
  EXPECT_EQ(taken(kStart + seconds(119)), 0);
  EXPECT_EQ(taken(kStart + seconds(240)), 3);
  EXPECT_EQ(taken(kStart + minutes(60)), 5);
  EXPECT_EQ(taken(kStart), 0) << "a clock that goes back gives nothing";
}

}  // namespace
}  // namespace pitview
