#include "pitview/base/crypto.h"

#include <gtest/gtest.h>

namespace pitview::crypto {
namespace {

TEST(Crypto, Sha256MatchesFips180Vector) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Crypto, HmacMatchesRfc4231Case2) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Crypto, Base64UrlRoundTripsEveryLength) {
  for (std::size_t size = 0; size < 20; ++size) {
    const std::string bytes = random_bytes(size);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Crypto, Base64IsReadWithItsPaddingOrWithout) {
  for (const char* text : {"+/8=", "+/8"}) EXPECT_EQ(base64_decode(text), "\xfb\xff") << text;
  EXPECT_EQ(base64_decode("AAAA"), std::string(3, '\0'));
  EXPECT_EQ(base64_decode(""), "");
  for (const char* text : {"-_8=", "+/8==", "AAAA====", "====", "A=AA", "Zh==", "Zg=\n"})
    EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Crypto, Base64UrlRefusesWhatItWouldNotHaveWritten) {
  EXPECT_FALSE(base64url_decode("Zg=="));  // padding
  EXPECT_FALSE(base64url_decode("Zh"));    // left-over bits set
  EXPECT_FALSE(base64url_decode("Zm9v+"));
  EXPECT_FALSE(base64url_decode("Z"));
}

TEST(Crypto, ASealedValueOpensOnlyWithItsKeyAndPlace) {
  Key256 key{};
  key[0] = 1;
  const std::string sealed = seal(key, "rtsp://user:pass@10.64.0.2/", "pits.camera_rtsp_url");
  EXPECT_EQ(open(key, sealed, "pits.camera_rtsp_url"), "rtsp://user:pass@10.64.0.2/");
  EXPECT_FALSE(open(key, sealed, "users.phone"));
  EXPECT_FALSE(open(Key256{}, sealed, "pits.camera_rtsp_url"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open(key, changed, "pits.camera_rtsp_url")) << "byte " << i;
  }
  EXPECT_FALSE(open(key, "short", ""));
}

TEST(Crypto, SealingTwiceGivesDifferentBytes) { EXPECT_NE(seal(Key256{}, "x", ""), seal(Key256{}, "x", "")); }

}  // namespace
}  // namespace pitview::crypto
