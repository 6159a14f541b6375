#include "pitview/base/signature.h"

#include <gtest/gtest.h>

#include "pitview/base/crypto.h"

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

// RFC 8032 §7.1, the second test.
TEST(Ed25519, SignsAsTheStandardDoes) {
  // PKCS#8 (RFC 8410 §7) around the secret key.
  const auto key = Ed25519PrivateKey::from_pem(
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
      "-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->public_key().raw()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(key->sign("\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Ed25519, IsGoodForItsTextAndKeyOnly) {
  const auto key = Ed25519PrivateKey::from_pem(Ed25519PrivateKey::generate().private_pem());
  ASSERT_TRUE(key);
  const auto ours = Ed25519PublicKey::from_pem(key->public_pem());
  ASSERT_TRUE(ours);
  const std::string signature = key->sign("text");
  EXPECT_TRUE(ours->verify("text", signature));
  EXPECT_FALSE(ours->verify("texT", signature));
  EXPECT_FALSE(Ed25519PrivateKey::generate().public_key().verify("text", signature));
  EXPECT_FALSE(ours->verify("text", signature.substr(1)));
  EXPECT_FALSE(ours->verify("text", ""));
}

TEST(Ed25519, KeysOfOtherKindsAreRefused) {
  const P256PrivateKey other = P256PrivateKey::generate();
  EXPECT_FALSE(Ed25519PublicKey::from_pem(other.public_pem()));
  EXPECT_FALSE(Ed25519PrivateKey::from_pem(other.private_pem()));
  EXPECT_FALSE(Ed25519PrivateKey::from_pem(""));
}

}  // namespace
}  // namespace pitview::crypto
