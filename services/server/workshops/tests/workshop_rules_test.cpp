#include <gtest/gtest.h>

#include <map>
#include <set>

#include "pitview/json/describe.h"
#include "workshops/billing_states.h"
#include "workshops/working_hours.h"

namespace pitview::workshops {
namespace {

using enum BillingState;

std::vector<BillingState> all() {
  std::vector<BillingState> states;
  json::for_each_enumerator<BillingState>([&](std::string_view, BillingState state) { states.push_back(state); });
  return states;
}

TEST(BillingStates, HaveOneTable) {
  const std::map<BillingState, std::set<BillingState>> table = {
      {trial, {active, restricted, suspended, cancelled, expired}},
      {active, {past_due, restricted, suspended, cancelled}},
      {past_due, {active, grace, restricted, suspended, cancelled}},
      {grace, {active, restricted, suspended, cancelled}},
      {restricted, {trial, active, suspended, cancelled}},
      {suspended, {trial, active, cancelled}},
      {cancelled, {active}},
      {expired, {active, cancelled}},
  };
  for (const BillingState from : all())
    for (const BillingState to : all())
      EXPECT_EQ(check_transition(from, to).has_value(), from == to || table.at(from).contains(to))
          << name_of(from) << " " << name_of(to);
}

TEST(BillingStates, HaveNamesAndARefusalSaysWhatIsPossible) {
  for (const BillingState state : all()) EXPECT_EQ(billing_state_from(name_of(state)), state);
  EXPECT_FALSE(billing_state_from("Active"));
  const auto refused = check_transition(cancelled, grace);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_transition);
  EXPECT_NE(refused.error().detail.find("possible: active."), std::string::npos);
}

TEST(WorkingHours, MayBeSeveralADayAndEndAtMidnight) {
  EXPECT_TRUE(check_working_hours({}));
  EXPECT_TRUE(check_working_hours({{1, "09:00", "13:00"}, {1, "14:00", "24:00"}, {7, "00:00", "00:01"}}));
  EXPECT_TRUE(check_working_hours({{1, "09:00", "13:00"}, {1, "13:00", "14:00"}}));
}

TEST(WorkingHours, ThatAreNoneAreNamed) {
  const auto fault = [](std::vector<OpenHours> hours) {
    const auto checked = check_working_hours(hours);
    return checked ? std::string() : checked.error().fields.at(0).field;
  };
  EXPECT_EQ(fault({{1, "09:00", "18:00"}, {0, "09:00", "18:00"}}), "working_hours[1].day");
  EXPECT_EQ(fault({{8, "09:00", "18:00"}}), "working_hours[0].day");
  EXPECT_EQ(fault({{1, "9:00", "18:00"}}), "working_hours[0].opens");
  EXPECT_EQ(fault({{1, "24:00", "24:00"}}), "working_hours[0].opens");
  for (const char* closes : {"24:01", "18.00", "1800", "18:60", "-1:00", "18:0x", ""})
    EXPECT_EQ(fault({{1, "09:00", closes}}), "working_hours[0].closes") << closes;
  EXPECT_EQ(fault({{1, "09:00", "09:00"}}), "working_hours[0].closes");
  EXPECT_EQ(fault({{1, "09:00", "13:00"}, {1, "12:59", "18:00"}}), "working_hours[1].opens");
  EXPECT_EQ(fault({{1, "01:00", "02:00"}, {1, "03:00", "04:00"}, {1, "05:00", "06:00"}, {1, "07:00", "08:00"}}),
            "working_hours[3].day");
  EXPECT_EQ(fault(std::vector<OpenHours>(22, {1, "09:00", "18:00"})), "working_hours");
}

}  // namespace
}  // namespace pitview::workshops
