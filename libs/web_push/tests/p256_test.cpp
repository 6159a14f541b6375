#include "pitview/web_push/p256.h"

#include <gtest/gtest.h>

#include "bytes.h"
#include "pitview/base/crypto.h"

namespace pitview::web_push {
namespace {

// The order of the curve (FIPS 186-4 D.1.2.3).
constexpr std::string_view kOrder = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kOrderLessOne = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";

TEST(WebPushKeys, SurviveTheir32Bytes) {
  for (int i = 0; i < 50; ++i) {  // leading zeros come up once in 256 keys, and often enough here over time
    const KeyPair key = KeyPair::generate();
    const auto again = KeyPair::from_private(text_of(key.private_key()));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), key.public_key());
    EXPECT_EQ(again->private_key(), key.private_key());
  }
}

TEST(WebPushKeys, ASmallNumberIsAKeyOf32BytesToo) {
  const std::string one = std::string(31, '\0') + '\x01';
  const auto key = KeyPair::from_private(one);
  ASSERT_TRUE(key);
  EXPECT_EQ(text_of(key->private_key()), one);
  // Times one: the generator (FIPS 186-4 D.1.2.3).
  EXPECT_EQ(crypto::to_hex(key->public_key()).substr(2, 64),
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
}

TEST(WebPushKeys, NumbersOutsideTheGroupAreNone) {
  EXPECT_TRUE(KeyPair::from_private(*crypto::from_hex(kOrderLessOne)));
  for (const std::string& bytes : {*crypto::from_hex(kOrder), std::string(32, '\xff'), std::string(32, '\0'),
                                   std::string(31, '\x01'), std::string(33, '\x01'), std::string()})
    EXPECT_FALSE(KeyPair::from_private(bytes)) << crypto::to_hex(bytes);
}

TEST(WebPushKeys, PublicKeysAreUncompressedPointsOfTheCurve) {
  const std::string good(text_of(KeyPair::generate().public_key()));
  EXPECT_TRUE(read_public_key(good));
  std::string off_curve = good;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  std::string hybrid = good;
  hybrid.front() = static_cast<char>(6 + (good.back() & 1));
  const std::string compressed = static_cast<char>(2 + (good.back() & 1)) + good.substr(1, 32);
  const std::string at_zero = '\x04' + std::string(64, '\0');
  const std::string over_the_field = '\x04' + std::string(64, '\xff');
  for (const std::string& bytes : {off_curve, hybrid, compressed, at_zero, over_the_field, good.substr(0, 64),
                                   good + '\0', std::string(1, '\0'), std::string()})
    EXPECT_FALSE(read_public_key(bytes)) << crypto::to_hex(bytes);
}

}  // namespace
}  // namespace pitview::web_push
