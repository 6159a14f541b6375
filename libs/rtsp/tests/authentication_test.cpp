#include "pitview/rtsp/authentication.h"

#include <gmock/gmock.h>

namespace pitview::rtsp {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// RFC 7616, section 3.9.1.
constexpr std::string_view kRfcSha =
    R"(Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, )"
    R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";
constexpr std::string_view kRfcMd5 =
    R"(Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, )"
    R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";

Authenticator mufasa() {
  Authenticator who("Mufasa", "Circle of Life");
  who.use_cnonce("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
  return who;
}

TEST(Digest, AnswersTheVectorsOfRfc7616) {
  Authenticator md5 = mufasa();
  ASSERT_TRUE(md5.take({kRfcMd5}));
  EXPECT_THAT(*md5.authorize("GET", "/dir/index.html"), HasSubstr(R"(response="8ca523f5e9506fed4657c9700eebdbec")"));
  Authenticator sha = mufasa();
  ASSERT_TRUE(sha.take({kRfcMd5, kRfcSha}));
  const std::string answer = *sha.authorize("GET", "/dir/index.html");
  EXPECT_THAT(answer, HasSubstr(R"(response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")"));
  EXPECT_THAT(answer, HasSubstr("algorithm=SHA-256"));
  EXPECT_THAT(answer, HasSubstr("nc=00000001"));
  EXPECT_THAT(*sha.authorize("GET", "/dir/index.html"), HasSubstr("nc=00000002"));
}

TEST(Digest, WithoutQopIsThatOfRfc2069) {
  Authenticator who("admin", "12345");
  ASSERT_TRUE(who.take({R"x(Digest realm="IP Camera(D1234)", nonce="abc", stale="FALSE")x"}));
  const std::string answer = *who.authorize("DESCRIBE", "rtsp://192.168.1.64:554/Streaming/Channels/101");
  EXPECT_THAT(answer, Not(HasSubstr("qop")));
  // MD5(MD5("admin:IP Camera(D1234):12345"):abc:MD5("DESCRIBE:rtsp://…/101")), by md5sum.
  EXPECT_THAT(answer, HasSubstr(R"(response="5c55fbf0f4514509b9a4809a18de7507")"));
}

TEST(Basic, IsUsedWhenThereIsNothingElse) {
  Authenticator who("Aladdin", "open sesame");
  ASSERT_TRUE(who.take({R"(Basic realm="camera")"}));
  EXPECT_EQ(who.authorize("DESCRIBE", "rtsp://camera/"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  Authenticator both("a", "b");
  ASSERT_TRUE(both.take({R"(Basic realm="camera")", R"(Digest realm="camera", nonce="1")"}));
  EXPECT_THAT(*both.authorize("DESCRIBE", "rtsp://camera/"), HasSubstr("Digest"));
}

TEST(Authenticator, GivesUpWhenItsAnswerIsRefused) {
  Authenticator who("admin", "wrong");
  EXPECT_FALSE(who.authorize("DESCRIBE", "rtsp://camera/"));
  ASSERT_TRUE(who.take({R"(Digest realm="camera", nonce="1")"}));
  who.authorize("DESCRIBE", "rtsp://camera/");
  EXPECT_FALSE(who.take({R"(Digest realm="camera", nonce="2")"})) << "a new nonce does not mend a wrong password";
  EXPECT_TRUE(who.take({R"(Digest realm="camera", nonce="2", stale=true)"}));
}

TEST(Authenticator, TakesANewNonceOnceItWasLetIn) {
  Authenticator who("admin", "right");
  ASSERT_TRUE(who.take({R"(Digest realm="camera", nonce="1")"}));
  who.authorize("DESCRIBE", "rtsp://camera/");
  who.accepted();
  EXPECT_TRUE(who.take({R"(Digest realm="camera", nonce="2")"}));
}

TEST(Authenticator, WithoutNameOrForAnUnknownSchemeHasNoAnswer) {
  Authenticator nobody("", "");
  EXPECT_FALSE(nobody.take({R"(Basic realm="camera")"}));
  Authenticator who("a", "b");
  EXPECT_FALSE(who.take({"Negotiate", R"(Digest realm="x", nonce="1", algorithm=SHA-512-256)", "Digest realm=x"}));
}

}  // namespace
}  // namespace pitview::rtsp
