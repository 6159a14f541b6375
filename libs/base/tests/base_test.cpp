#include <gtest/gtest.h>

#include "pitview/base/bounded_queue.h"
#include "pitview/base/json_text.h"
#include "pitview/base/log.h"
#include "pitview/base/result.h"
#include "pitview/base/time.h"

namespace pitview {
namespace {

TEST(Time, WritesAndReadsThePlansForm) {
  const auto t = parse_iso8601("2026-02-20T22:30:00Z");
  ASSERT_TRUE(t);
  EXPECT_EQ(to_iso8601(*t), "2026-02-20T22:30:00.000Z");
}

TEST(Time, ReadsOffsetsAndFractions) {
  EXPECT_EQ(parse_iso8601("2026-02-21T04:00:00.25+05:30"), parse_iso8601("2026-02-20T22:30:00.250Z"));
  EXPECT_EQ(parse_iso8601("2026-02-20 22:30:00.123456789Z")->time_since_epoch().count() % 1000000, 123456);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026-02-30T00:00:00Z", "2026-02-20T24:00:00Z", "2026-02-20T22:30:00", "2026-2-20T22:30:00Z",
        "2026-02-20T22:30:00.Z", "2026-02-20T22:30:00Zx", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_iso8601(text)) << text;
}

TEST(JsonText, EscapesControlsAndReplacesBrokenUtf8) {
  std::string out;
  append_json_string(out, std::string_view("a\"\\\n\x01\xff\xc3\xa9\xed\xa0\x80", 11));
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBD\xc3\xa9\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(BoundedQueue, DropsTheNewestWhenFullAndCountsIt) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.dropped(), 1U);
  EXPECT_EQ(queue.pop(), 1);
}

TEST(Result, HoldsAValueOrAnError) {
  Result<int> good(4);
  Result<int> bad(Errc::not_found, "no such pit");
  EXPECT_EQ(*good, 4);
  EXPECT_FALSE(bad);
  EXPECT_EQ(name_of(bad.error().code), "not_found");
}

TEST(RateLimited, LetsOneThroughPerIntervalAndTellsHowManyItHeldBack) {
  log::RateLimited limit(10);
  std::int64_t held_back = 0;
  EXPECT_TRUE(limit.allow(100, held_back));
  EXPECT_FALSE(limit.allow(105, held_back));
  EXPECT_FALSE(limit.allow(109, held_back));
  EXPECT_TRUE(limit.allow(110, held_back));
  EXPECT_EQ(held_back, 2);
}

}  // namespace
}  // namespace pitview
