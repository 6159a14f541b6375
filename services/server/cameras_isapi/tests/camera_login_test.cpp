#include "cameras_isapi/camera_login.h"

#include <gmock/gmock.h>

namespace pitview::cameras_isapi {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::StartsWith;

constexpr const char* kBasic = R"(Basic realm="DS-2CD")";
constexpr const char* kDigest = R"(Digest qop="auth", realm="DS-2CD", nonce="1", stale="FALSE")";
constexpr const char* kUnknown = R"(Digest qop="auth", realm="DS-2CD", nonce="1", algorithm=SHA-512-256)";

CameraLogin admin() { return {"admin", "pw"}; }

TEST(CameraLogin, AnswersADigestWithACountThatGrows) {
  CameraLogin login = admin();
  ASSERT_TRUE(login.take({kBasic, kDigest}));
  const auto first = login.authorize("GET", "/ISAPI/Streaming/channels/101");
  EXPECT_THAT(first, Optional(StartsWith("Digest username=\"admin\"")));
  EXPECT_THAT(first, Optional(HasSubstr("nc=00000001")));
  EXPECT_THAT(login.authorize("PUT", "/ISAPI/Streaming/channels/101"), Optional(HasSubstr("nc=00000002")));
}

TEST(CameraLogin, GivesThePasswordOnlyToACameraThatKnowsNothingElse) {
  CameraLogin old = admin();
  ASSERT_TRUE(old.take({kBasic}));
  EXPECT_THAT(old.authorize("GET", "/"), Optional(StartsWith("Basic ")));
  CameraLogin modern = admin();
  EXPECT_FALSE(modern.take({kUnknown, kBasic})) << "it has digest, though not one that is known here";
}

TEST(CameraLogin, IsNotTalkedOutOfDigest) {
  CameraLogin login = admin();
  ASSERT_TRUE(login.take({kDigest}));
  login.authorize("GET", "/");
  login.accepted();
  EXPECT_FALSE(login.take({kBasic}));
}

}  // namespace
}  // namespace pitview::cameras_isapi
