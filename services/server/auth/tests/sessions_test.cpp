#include <gtest/gtest.h>

#include "auth/access_token.h"
#include "auth/ended_sessions.h"
#include "auth/login_attempts.h"

namespace pitview::auth {
namespace {

const Timestamp kNow = *parse_iso8601("2026-02-20T22:30:00Z");

TEST(LoginAttempts, LetSoManyThroughAtOnceAndAgainWhenTheyAreDone) {
  LoginAttempts attempts(2);
  {
    const auto first = attempts.enter("a");
    const auto second = attempts.enter("a");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(attempts.enter("a"));
    EXPECT_TRUE(attempts.enter("b"));
  }
  EXPECT_TRUE(attempts.enter("a"));
}

TEST(EndedSessions, AreRememberedAsLongAsAnAccessTokenMayLive) {
  EndedSessions ended;
  ended.add(SessionId(1), kNow);
  EXPECT_TRUE(ended.contains(SessionId(1)));
  EXPECT_FALSE(ended.contains(SessionId(2)));
  ended.add(SessionId(2), kNow + kAccessTokenLife);
  EXPECT_TRUE(ended.contains(SessionId(1)));
  ended.add(SessionId(3), kNow + kAccessTokenLife + std::chrono::seconds(1));
  EXPECT_FALSE(ended.contains(SessionId(1)));
}

}  // namespace
}  // namespace pitview::auth
