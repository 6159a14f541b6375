#include "auth/totp.h"

#include <gtest/gtest.h>

#include <set>

#include "auth/recovery_codes.h"

namespace pitview::auth {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";  // of both RFCs

Timestamp at(std::int64_t seconds) { return Timestamp(std::chrono::seconds(seconds)); }

TEST(Hotp, IsThatOfRfc4226AppendixD) {
  const std::string codes[] = {"755224", "287082", "359152", "969429", "338314",
                               "254676", "287922", "162583", "399871", "520489"};
  std::int64_t counter = 0;
  for (const std::string& code : codes) EXPECT_EQ(hotp(kSecret, counter++), code);
}

TEST(Totp, IsThatOfRfc6238AppendixB) {
  const std::pair<std::int64_t, std::string> vectors[] = {{59, "94287082"},         {1111111109, "07081804"},
                                                          {1111111111, "14050471"}, {1234567890, "89005924"},
                                                          {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors) EXPECT_EQ(hotp(kSecret, totp_step(at(seconds)), 8), code) << seconds;
}

TEST(Totp, TakesTheStepBeforeAndAfterAndNoOther) {
  const Timestamp now = at(1111111111);
  const std::int64_t step = totp_step(now);
  for (const std::int64_t near : {step - 1, step, step + 1})
    EXPECT_EQ(matching_step(kSecret, hotp(kSecret, near), now, 0), near);
  for (const std::int64_t far : {step - 2, step + 2})
    EXPECT_FALSE(matching_step(kSecret, hotp(kSecret, far), now, 0)) << far - step;
}

TEST(Totp, TakesNoStepThatWasUsedNorOneBeforeIt) {
  const Timestamp now = at(1111111111);
  const std::int64_t step = totp_step(now);
  EXPECT_FALSE(matching_step(kSecret, hotp(kSecret, step), now, step));
  EXPECT_FALSE(matching_step(kSecret, hotp(kSecret, step - 1), now, step));
  EXPECT_EQ(matching_step(kSecret, hotp(kSecret, step + 1), now, step), step + 1);
}

TEST(Totp, TakesACodeAsItIsShownAndNothingElse) {
  const Timestamp now = at(59);
  EXPECT_TRUE(matching_step(kSecret, "287 082", now, 0));
  for (const char* wrong : {"", "28708", "2870820", "287083", "abcdef"})
    EXPECT_FALSE(matching_step(kSecret, wrong, now, 0)) << wrong;
}

TEST(Base32, IsThatOfRfc4648WithoutPadding) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : vectors) EXPECT_EQ(base32(bytes), text);
}

TEST(OtpauthUri, SaysEverythingAnAuthenticatorMayAskFor) {
  EXPECT_EQ(otpauth_uri("a b", kSecret),
            "otpauth://totp/PitView:a%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=PitView&algorithm=SHA1"
            "&digits=6&period=30");
}

TEST(RecoveryCodes, AreEightDifferentOnesOfEightyBits) {
  const auto codes = make_recovery_codes();
  EXPECT_EQ(codes.size(), 8U);
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), codes.size());
  for (const std::string& code : codes) EXPECT_EQ(normal_recovery_code(code)->size(), 16U) << code;
}

TEST(RecoveryCodes, AreReadHoweverTheyAreTyped) {
  EXPECT_EQ(normal_recovery_code("abcd-efgh-jklm-2345"), "ABCDEFGHJKLM2345");
  EXPECT_EQ(normal_recovery_code("ABCD EFGH JKLM 2345"), "ABCDEFGHJKLM2345");
  for (const char* none : {"", "123456", "234567", "ABCD-EFGH-JKLM", "ABCD-EFGH-JKLM-2341", "ABCD-EFGH-JKLM-2345-A"})
    EXPECT_FALSE(normal_recovery_code(none)) << none;
}

}  // namespace
}  // namespace pitview::auth
