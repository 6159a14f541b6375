#include "telemetry/history_rules.h"

#include <gmock/gmock.h>

#include "telemetry/history.h"

namespace pitview::telemetry {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow = *parse_iso8601("2026-11-26T10:07:31.5Z");

HistoryPlan automatic(std::chrono::microseconds range, Timestamp to = kNow) {
  return *plan_history("auto", to - range, to, kNow);
}

std::string field_of(const Result<HistoryPlan>& plan) { return plan ? "" : plan.error().fields.at(0).field; }

TEST(HistoryRules, counts_the_buckets_that_a_range_touches) {
  const Timestamp noon = *parse_iso8601("2026-11-26T12:00:00Z");
  EXPECT_EQ(buckets_in(noon, noon + hours(1), minutes(15)), 4);
  EXPECT_EQ(buckets_in(noon - microseconds(1), noon + hours(1), minutes(15)), 5);
  EXPECT_EQ(buckets_in(noon, noon + hours(1) + microseconds(1), minutes(15)), 5);
  EXPECT_EQ(buckets_in(noon, noon + microseconds(1), minutes(15)), 1);
}

TEST(HistoryRules, takes_the_finest_that_fits) {
  EXPECT_EQ(automatic(hours(2)), HistoryPlan());
  EXPECT_EQ(automatic(hours(3)), (HistoryPlan{Source::minutes, minutes(1)}));
  EXPECT_EQ(automatic(hours(24)), (HistoryPlan{Source::minutes, minutes(2)}));
  EXPECT_EQ(automatic(days(2)), (HistoryPlan{Source::minutes, minutes(3)}));
  EXPECT_EQ(automatic(days(3)), (HistoryPlan{Source::quarters, minutes(15)}));
  EXPECT_EQ(automatic(days(30)), (HistoryPlan{Source::quarters, hours(1)}));
  EXPECT_EQ(automatic(days(90)), (HistoryPlan{Source::quarters, hours(3)}));
  EXPECT_EQ(automatic(days(366)), (HistoryPlan{Source::quarters, hours(12)}));
}

TEST(HistoryRules, never_gives_more_than_a_thousand_points) {
  for (seconds range(1); range <= days(366); range += range / 7 + seconds(1)) {
    const HistoryPlan plan = automatic(range);
    if (plan.bucket == seconds(0)) {
      EXPECT_LE(range / seconds(10), kMaxPoints);
    } else {
      EXPECT_LE(buckets_in(kNow - range, kNow, plan.bucket), kMaxPoints) << range.count();
    }
    for (const std::string_view resolution : {"1m", "15m", "1h"}) {
      const auto named = plan_history(resolution, kNow - range, kNow, kNow);
      if (named) EXPECT_LE(buckets_in(kNow - range, kNow, named->bucket), kMaxPoints);
    }
  }
}

TEST(HistoryRules, what_may_be_archived_is_drawn_from_the_quarters_that_stay) {
  EXPECT_EQ(automatic(hours(1), kNow - days(100)), (HistoryPlan{Source::quarters, minutes(15)}));
}

TEST(HistoryRules, names_the_field_of_what_does_not_fit) {
  EXPECT_EQ(field_of(plan_history("auto", kNow - days(366) - seconds(1), kNow, kNow)), "from");
  EXPECT_EQ(field_of(plan_history("raw", kNow - days(2) - seconds(1), kNow, kNow)), "from");
  EXPECT_EQ(field_of(plan_history("raw", kNow - days(2), kNow, kNow)), "");
  EXPECT_EQ(field_of(plan_history("1m", kNow - minutes(1000), kNow, kNow)), "resolution");
  const Timestamp even = std::chrono::floor<minutes>(kNow);
  EXPECT_EQ(field_of(plan_history("1m", even - minutes(1000), even, kNow)), "");
  EXPECT_EQ(field_of(plan_history("15m", kNow - days(11), kNow, kNow)), "resolution");
  EXPECT_EQ(field_of(plan_history("1h", kNow - days(42), kNow, kNow)), "resolution");
  for (const std::string_view unknown : {"", "fine", "RAW", "2m"})
    EXPECT_EQ(field_of(plan_history(unknown, kNow - hours(1), kNow, kNow)), "resolution") << unknown;
}

TEST(RawCursor, reads_back_what_it_wrote_and_nothing_else) {
  const RawCursor cursor{kNow, 12};
  const auto read = RawCursor::from(cursor.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at, kNow);
  EXPECT_EQ(read->skip, 12);
  for (const std::string_view wrong :
       {"", ".", "1", "1.", ".1", "1.-1", "1.1 ", "x.1", "1.99999999999", "1.1.1", "99999999999999999999.1", "1,1"})
    EXPECT_FALSE(RawCursor::from(wrong)) << wrong;
}

TEST(RawCursor, goes_on_behind_readings_of_one_moment) {
  const auto at = [](int s) { return HistoryPoint{.timestamp = kNow + seconds(s)}; };
  const RawCursor begin{kNow, 0};
  const RawCursor second = begin.behind(std::vector{at(0), at(1), at(1)});
  EXPECT_EQ(second.at, kNow + seconds(1));
  EXPECT_EQ(second.skip, 2);
  EXPECT_EQ(second.behind(std::vector{at(1), at(1)}).skip, 4);
  EXPECT_EQ(second.behind(std::vector{at(1), at(2)}).skip, 1);
}

}  // namespace
}  // namespace pitview::telemetry
