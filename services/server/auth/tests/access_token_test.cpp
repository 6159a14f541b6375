#include "auth/access_token.h"

#include <gtest/gtest.h>

#include "auth/password.h"

namespace pitview::auth {
namespace {

const Timestamp kNow = *parse_iso8601("2026-02-20T22:30:00Z");
const crypto::Key256 kSecret = [] {
  crypto::Key256 key{};
  key.fill(7);
  return key;
}();
const Principal kOwner{.user = UserId(3), .workshop = WorkshopId(2), .session = SessionId(9), .role = Role::owner};

std::string forge(std::string_view header, std::string_view payload, const crypto::Key256& key) {
  const std::string signed_part = crypto::base64url_encode(header) + "." + crypto::base64url_encode(payload);
  const auto mac = crypto::hmac_sha256({reinterpret_cast<const char*>(key.data()), key.size()}, signed_part);
  return signed_part + "." + crypto::base64url_encode({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

TEST(AccessToken, RoundTrips) {
  const auto access = verify_access_token(kSecret, sign_access_token(kSecret, {kOwner}, kNow), kNow);
  ASSERT_TRUE(access);
  EXPECT_EQ(access->principal.user, kOwner.user);
  EXPECT_EQ(access->principal.workshop, kOwner.workshop);
  EXPECT_EQ(access->principal.session, kOwner.session);
  EXPECT_EQ(access->principal.role, Role::owner);
  EXPECT_FALSE(access->must_change_password);
}

TEST(AccessToken, SaysThatThePasswordMustBeChanged) {
  const auto access = verify_access_token(kSecret, sign_access_token(kSecret, {kOwner, true}, kNow), kNow);
  ASSERT_TRUE(access);
  EXPECT_TRUE(access->must_change_password);
}

TEST(AccessToken, ExpiresAfterFifteenMinutes) {
  const std::string token = sign_access_token(kSecret, {kOwner}, kNow);
  EXPECT_TRUE(verify_access_token(kSecret, token, kNow + std::chrono::minutes(14)));
  EXPECT_EQ(verify_access_token(kSecret, token, kNow + std::chrono::minutes(15)).error().code, Errc::token_expired);
}

TEST(AccessToken, RefusesForgeries) {
  const std::string token = sign_access_token(kSecret, {kOwner}, kNow);
  crypto::Key256 other = kSecret;
  other[0] ^= 1;
  EXPECT_EQ(verify_access_token(other, token, kNow).error().code, Errc::unauthenticated);
  std::string changed = token;
  changed[token.size() / 2] = changed[token.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(verify_access_token(kSecret, changed, kNow));
  EXPECT_FALSE(verify_access_token(kSecret, "", kNow));
  EXPECT_FALSE(verify_access_token(kSecret, "a.b.c", kNow));
  EXPECT_FALSE(verify_access_token(kSecret, token + ".x", kNow));
}

TEST(AccessToken, RefusesOtherAlgorithmsAndMissingClaims) {
  const std::string claims = R"({"sub":3,"wid":2,"sid":9,"role":"owner","exp":9999999999})";
  EXPECT_TRUE(verify_access_token(kSecret, forge(R"({"alg":"HS256","typ":"JWT"})", claims, kSecret), kNow));
  EXPECT_FALSE(verify_access_token(kSecret, forge(R"({"alg":"none","typ":"JWT"})", claims, kSecret), kNow));
  EXPECT_FALSE(verify_access_token(kSecret, forge(R"({"alg":"HS512","typ":"JWT"})", claims, kSecret), kNow));
  const std::string unsigned_token =
      crypto::base64url_encode(R"({"alg":"none"})") + "." + crypto::base64url_encode(claims) + ".";
  EXPECT_FALSE(verify_access_token(kSecret, unsigned_token, kNow));
  for (const char* broken :
       {R"({"wid":2,"sid":9,"role":"owner","exp":9999999999})",
        R"({"sub":3,"wid":2,"sid":9,"role":"root","exp":9999999999})", R"({"sub":3,"wid":2,"sid":9,"role":"owner"})"})
    EXPECT_FALSE(verify_access_token(kSecret, forge(R"({"alg":"HS256","typ":"JWT"})", broken, kSecret), kNow))
        << broken;
}

TEST(Password, VerifiesItsOwnHashAndNothingElse) {
  const std::string hash = hash_password("Correct7horse");
  EXPECT_TRUE(hash.starts_with("$2b$12$"));
  EXPECT_TRUE(verify_password("Correct7horse", hash));
  EXPECT_FALSE(verify_password("correct7horse", hash));
  EXPECT_FALSE(verify_password("Correct7horse", "$1$abc$def"));
  EXPECT_FALSE(verify_password("Correct7horse", ""));
}

TEST(Password, LongPasswordsAreNotCut) {
  const std::string long_one(100, 'a');
  const std::string hash = hash_password(long_one);
  EXPECT_TRUE(verify_password(long_one, hash));
  EXPECT_FALSE(verify_password(std::string(99, 'a') + "b", hash));
}

TEST(Password, TemporaryOnesSatisfyThePolicy) {
  const std::string password = make_temporary_password();
  EXPECT_EQ(password.size(), 14U);
  EXPECT_NE(password.find_first_of("ABCDEFGHJKLMNPQRSTUVWXYZ"), std::string::npos);
  EXPECT_NE(password.find_first_of("23456789"), std::string::npos);
  EXPECT_NE(password, make_temporary_password());
}

}  // namespace
}  // namespace pitview::auth
