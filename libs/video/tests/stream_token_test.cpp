#include "pitview/video/stream_token.h"

#include <gtest/gtest.h>

namespace pitview::video {
namespace {

using std::chrono::seconds;

const Timestamp kNow{seconds(1'780'000'000)};
const StreamGrant kGrant{"pit-7f3a", "user:17", "4711"};

crypto::Key256 key_of(std::uint8_t byte) {
  crypto::Key256 key{};
  key.fill(byte);
  return key;
}

TEST(StreamToken, OpensItsPathForAMinute) {
  const std::string token = sign_stream_token(key_of(1), kGrant, kNow);
  const auto grant = verify_stream_token(key_of(1), token, "pit-7f3a", kNow + seconds(59));
  ASSERT_TRUE(grant) << grant.error().detail;
  EXPECT_EQ(grant->subject, "user:17");
  EXPECT_EQ(grant->session, "4711");
  EXPECT_EQ(grant->expires_at, kNow + kStreamTokenLife);
  const auto late = verify_stream_token(key_of(1), token, "pit-7f3a", kNow + kStreamTokenLife);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::token_expired);
}

TEST(StreamToken, OpensNothingElse) {
  const std::string token = sign_stream_token(key_of(1), kGrant, kNow);
  const auto other = verify_stream_token(key_of(1), token, "pit-7f3b", kNow);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::forbidden);
  EXPECT_EQ(other.error().detail.find("7f3"), std::string::npos) << "names no path";
}

TEST(StreamToken, OfAnotherSecretOrChangedOrNoneIsRefused) {
  const std::string token = sign_stream_token(key_of(1), kGrant, kNow);
  EXPECT_FALSE(verify_stream_token(key_of(2), token, "pit-7f3a", kNow));
  // The last character may hold bits that mean nothing; one in the middle does not.
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_stream_token(key_of(1), changed, "pit-7f3a", kNow)) << i;
  }
  for (const char* none : {"", ".", "a.b.c", "eyJhbGciOiJub25lIn0.e30."})
    EXPECT_FALSE(verify_stream_token(key_of(1), none, "pit-7f3a", kNow)) << none;
}

}  // namespace
}  // namespace pitview::video
