#include "pitview/web_push/vapid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jwt.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <regex>

#include "bytes.h"
#include "pitview/base/crypto.h"
#include "pitview/base/signature.h"

namespace pitview::web_push {
namespace {

constexpr const char* kOrigin = "https://push.example.net:8443";
const Timestamp now = *parse_iso8601("2026-03-01T10:00:00.900Z");

struct Authorization {
  std::string token;
  std::string key;
};

Authorization parts_of(const std::string& header) {
  static const std::regex shape("vapid t=([A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+), k=([A-Za-z0-9_-]{87})");
  std::smatch match;
  EXPECT_TRUE(std::regex_match(header, match, shape)) << header;
  return match.empty() ? Authorization{} : Authorization{match[1], match[2]};
}

// SubjectPublicKeyInfo of a point (RFC 5480), as everybody else wants keys.
std::string pem_of(const std::string& point) {
  const std::string der = *crypto::from_hex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + point;
  std::string base64(4 * (der.size() + 2) / 3 + 1, '\0');
  base64.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), bytes_of(der), static_cast<int>(der.size()))));
  std::string pem = "-----BEGIN PUBLIC KEY-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
  return pem + "-----END PUBLIC KEY-----\n";
}

std::string der_of(const std::string& raw) {
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(), &ECDSA_SIG_free);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes_of(raw), 32, nullptr), BN_bin2bn(bytes_of(raw) + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

Vapid make(const char* subject = "mailto:push@pitview.example") { return *Vapid::make(KeyPair::generate(), subject); }

TEST(Vapid, LibjwtReadsTheToken) {
  const Vapid vapid = make();
  const Authorization said = parts_of(vapid.authorization(kOrigin, now));
  EXPECT_EQ(said.key, vapid.public_key());
  const std::string pem = pem_of(*crypto::base64url_decode(said.key));
  jwt_t* raw = nullptr;
  ASSERT_EQ(jwt_decode(&raw, said.token.c_str(), reinterpret_cast<const unsigned char*>(pem.data()),
                       static_cast<int>(pem.size())),
            0);
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> token(raw, &jwt_free);
  EXPECT_EQ(jwt_get_alg(raw), JWT_ALG_ES256);
  EXPECT_STREQ(jwt_get_header(raw, "typ"), "JWT");
  EXPECT_STREQ(jwt_get_grant(raw, "aud"), kOrigin);
  EXPECT_STREQ(jwt_get_grant(raw, "sub"), "mailto:push@pitview.example");
  // 2026-03-01T22:00:00Z
  EXPECT_EQ(jwt_get_grant_int(raw, "exp"), 1'772'402'400);
}

TEST(Vapid, AnotherKeyDoesNotOpenTheToken) {
  const Authorization said = parts_of(make().authorization(kOrigin, now));
  const std::string pem = pem_of(*crypto::base64url_decode(make().public_key()));
  jwt_t* raw = nullptr;
  EXPECT_NE(jwt_decode(&raw, said.token.c_str(), reinterpret_cast<const unsigned char*>(pem.data()),
                       static_cast<int>(pem.size())),
            0);
}

TEST(Vapid, TheSignatureIsThatOfOpenSslInAnotherForm) {
  const Vapid vapid = make();
  const auto key = crypto::P256PublicKey::from_pem(pem_of(*crypto::base64url_decode(vapid.public_key())));
  ASSERT_TRUE(key);
  for (int i = 0; i < 300; ++i) {  // r or s with a leading zero comes up about twice in so many
    const std::string token = parts_of(vapid.authorization(kOrigin, now)).token;
    const std::size_t dot = token.rfind('.');
    const std::string raw = *crypto::base64url_decode(token.substr(dot + 1));
    ASSERT_EQ(raw.size(), 64U);
    ASSERT_TRUE(key->verify(token.substr(0, dot), der_of(raw))) << i;
  }
}

TEST(Vapid, LivesLessThanADay) { EXPECT_LT(kVapidLife, std::chrono::hours(24)); }

TEST(Vapid, ThePublicKeyIsThatOfTheStoredPrivateKey) {
  const KeyPair key = KeyPair::generate();
  const std::string stored(text_of(key.private_key()));
  const Vapid again = *Vapid::make(*KeyPair::from_private(stored), "https://pitview.example/contact");
  EXPECT_EQ(again.public_key(), crypto::base64url_encode(text_of(key.public_key())));
}

TEST(Vapid, ASubjectIsWhereSomebodyCanBeReached) {
  for (const char* subject : {"", "push@pitview.example", "mailto:", "https://", "http://pitview.example", "tel:1",
                              "mailto:a b@c", "mailto:ä@c", "mailto:a@b\r\n"})
    EXPECT_FALSE(Vapid::make(KeyPair::generate(), subject)) << subject;
  EXPECT_FALSE(Vapid::make(KeyPair::generate(), "mailto:" + std::string(300, 'a')));
}

TEST(Vapid, WhatIsQuotedStaysInItsQuotes) {
  const Authorization said = parts_of(make("mailto:\"a\\\"@b").authorization(kOrigin, now));
  const std::string claims = *crypto::base64url_decode(
      said.token.substr(said.token.find('.') + 1, said.token.rfind('.') - said.token.find('.') - 1));
  EXPECT_THAT(claims, testing::EndsWith(R"("sub":"mailto:\"a\\\"@b"})"));
}

}  // namespace
}  // namespace pitview::web_push
