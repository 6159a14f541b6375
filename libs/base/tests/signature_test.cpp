#include "pitview/base/signature.h"

#include <gtest/gtest.h>

namespace pitview::crypto {
namespace {

TEST(Signature, IsGoodForItsTextAndKeyOnly) {
  const P256PrivateKey key = P256PrivateKey::generate();
  const auto ours = P256PublicKey::from_pem(key.public_pem());
  const auto other = P256PublicKey::from_pem(P256PrivateKey::generate().public_pem());
  ASSERT_TRUE(ours && other);
  const std::string signature = key.sign("text");
  EXPECT_LE(signature.size(), kMaxP256Signature);
  EXPECT_TRUE(ours->verify("text", signature));
  EXPECT_FALSE(ours->verify("texT", signature));
  EXPECT_FALSE(other->verify("text", signature));
  EXPECT_FALSE(ours->verify("text", signature.substr(1)));
  EXPECT_FALSE(ours->verify("text", ""));
}

TEST(Signature, APrivateKeySurvivesItsPem) {
  const P256PrivateKey key = P256PrivateKey::generate();
  const auto again = P256PrivateKey::from_pem(key.private_pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_pem(), key.public_pem());
}

TEST(Signature, KeysOfOtherKindsAreRefused) {
  // RFC 8410 §10.1
  constexpr const char* kEd25519 =
      "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
      "-----END PUBLIC KEY-----\n";
  const P256PrivateKey key = P256PrivateKey::generate();
  for (const std::string& pem : {std::string(), std::string("no key"), std::string(kEd25519), key.private_pem()})
    EXPECT_FALSE(P256PublicKey::from_pem(pem)) << pem;
  EXPECT_FALSE(P256PrivateKey::from_pem(key.public_pem()));
}

}  // namespace
}  // namespace pitview::crypto
