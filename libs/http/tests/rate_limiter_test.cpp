#include "pitview/http/rate_limiter.h"

#include <gtest/gtest.h>

namespace pitview::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const RateLimiter::Time kStart{seconds(1000)};

TEST(RateLimiter, LetsABurstThroughThenTheRate) {
  RateLimiter limiter({3, 0.5});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", kStart), std::nullopt);
  EXPECT_EQ(limiter.take("a", kStart), 2);
  EXPECT_EQ(limiter.take("a", kStart + milliseconds(1500)), 1);
  EXPECT_EQ(limiter.take("a", kStart + seconds(2)), std::nullopt);
  EXPECT_EQ(limiter.take("a", kStart + seconds(2)), 2);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", kStart + seconds(1000)), std::nullopt);
  EXPECT_TRUE(limiter.take("a", kStart + seconds(1000)));
}

TEST(RateLimiter, KeysDoNotShare) {
  RateLimiter limiter({1, 1});
  EXPECT_FALSE(limiter.take("a", kStart));
  EXPECT_TRUE(limiter.take("a", kStart));
  EXPECT_FALSE(limiter.take("b", kStart));
}

TEST(RateLimiter, AClockThatGoesBackGivesNothing) {
  RateLimiter limiter({1, 1});
  EXPECT_FALSE(limiter.take("a", kStart));
  EXPECT_TRUE(limiter.take("a", kStart - seconds(100)));
  EXPECT_TRUE(limiter.take("a", kStart));
}

TEST(RateLimiter, ForgetsTheKeyNotSeenForLongest) {
  RateLimiter limiter({1, 0.001}, 2);
  EXPECT_FALSE(limiter.take("a", kStart));
  EXPECT_FALSE(limiter.take("b", kStart));
  EXPECT_TRUE(limiter.take("a", kStart));
  EXPECT_FALSE(limiter.take("c", kStart));  // b goes
  EXPECT_EQ(limiter.keys(), 2U);
  EXPECT_TRUE(limiter.take("a", kStart));
  EXPECT_FALSE(limiter.take("b", kStart));
}

}  // namespace
}  // namespace pitview::http
