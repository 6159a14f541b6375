#include "vapid_check.h"

#include <gtest/gtest.h>

#include "pitview/base/crypto.h"
#include "pitview/web_push/vapid.h"

namespace pitview::web_push {
namespace {

using namespace std::chrono_literals;

// RFC 8292 §2.4; it is good until 2016-01-23T04:36:08Z.
constexpr const char* kKey = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
const std::string token =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6"
    "Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSS"
    "HzvoD1oA";
const std::string header = "vapid t=" + token + ", k=" + kKey;
constexpr const char* kOrigin = "https://push.example.net";
const Timestamp now = Timestamp(1'453'523'768s) - 1h;

TEST(VapidCheck, BelievesTheExampleOfRfc8292) {
  EXPECT_EQ(fault_of_vapid(header, kOrigin, kKey, now), "");
  EXPECT_EQ(fault_of_vapid(header, kOrigin, "", now), "");
  EXPECT_EQ(fault_of_vapid("vapid k=" + std::string(kKey) + ",t=" + token, kOrigin, kKey, now), "");
}

TEST(VapidCheck, NamesWhatIsWrong) {
  EXPECT_EQ(fault_of_vapid("", kOrigin, "", now), "missing");
  EXPECT_EQ(fault_of_vapid("Bearer " + token, kOrigin, "", now), "missing");
  EXPECT_EQ(fault_of_vapid("vapid t=" + token, kOrigin, "", now), "malformed");
  EXPECT_EQ(fault_of_vapid("vapid t=a.b, k=" + std::string(kKey), kOrigin, "", now), "malformed");
  EXPECT_EQ(fault_of_vapid(header, "https://push.example.org", "", now), "audience");
  EXPECT_EQ(fault_of_vapid(header, kOrigin, "another", now), "key");
  EXPECT_EQ(fault_of_vapid(header, kOrigin, "", now + 1h), "expired");
  EXPECT_EQ(fault_of_vapid(header, kOrigin, "", now - 23h), "");
  EXPECT_EQ(fault_of_vapid(header, kOrigin, "", now - 23h - 1s), "too_long");
  std::string altered = header;
  altered[altered.find("i3CYb") + 2] = 'B';
  EXPECT_EQ(fault_of_vapid(altered, kOrigin, "", now), "signature");
}

TEST(VapidCheck, NoKeyOfAnotherSignsForThisOne) {
  const std::string ours = Vapid::make(KeyPair::generate(), "mailto:a@b")->authorization(kOrigin, now);
  EXPECT_EQ(fault_of_vapid(ours, kOrigin, "", now), "");
  EXPECT_EQ(fault_of_vapid(ours.substr(0, ours.find(", k=")) + ", k=" + kKey, kOrigin, kKey, now), "signature");
}

TEST(VapidCheck, NoneIsNoAlgorithm) {
  const std::string unsigned_token =
      crypto::base64url_encode(R"({"alg":"none"})") + "." +
      crypto::base64url_encode(R"({"aud":"https://push.example.net","exp":1,"sub":"x"})") + "." +
      crypto::base64url_encode(std::string(64, '\0'));
  EXPECT_EQ(fault_of_vapid("vapid t=" + unsigned_token + ", k=" + kKey, kOrigin, "", now), "algorithm");
}

}  // namespace
}  // namespace pitview::web_push
