#include "pitview/web_push/subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bytes.h"
#include "endpoint.h"
#include "pitview/base/crypto.h"

namespace pitview::web_push {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
constexpr const char* kAuth = "BTBZMqHH6r4Tts7J_aSIgg";

SubscriptionText good() {
  return {.endpoint = "https://push.example.net/send/c2VjcmV0?x=1", .p256dh = kKey, .auth = kAuth};
}

std::vector<std::string> faults_of(const SubscriptionText& text) {
  const auto subscription = Subscription::read(text);
  std::vector<std::string> fields;
  if (subscription) return fields;
  EXPECT_EQ(subscription.error().code, Errc::validation_failed);
  for (const FieldProblem& problem : subscription.error().fields) fields.push_back(problem.field);
  return fields;
}

TEST(WebPushSubscription, IsWhatTheBrowserSays) {
  const auto subscription = Subscription::read(good());
  ASSERT_TRUE(subscription);
  EXPECT_EQ(subscription->endpoint(), good().endpoint);
  EXPECT_EQ(subscription->origin(), "https://push.example.net");
  EXPECT_EQ(crypto::base64url_encode(text_of(subscription->receiver().key)), kKey);
  EXPECT_EQ(crypto::base64url_encode(text_of(subscription->receiver().auth)), kAuth);
}

TEST(WebPushSubscription, NamesEachFault) {
  EXPECT_THAT(faults_of({}), ElementsAre("endpoint", "keys.p256dh", "keys.auth"));
  SubscriptionText text = good();
  text.p256dh[80] = text.p256dh[80] == 'A' ? 'B' : 'A';
  EXPECT_THAT(faults_of(text), ElementsAre("keys.p256dh")) << "not on the curve";
  for (const std::string& key : {std::string(kKey).substr(0, 86), std::string(kKey) + "=", "ü" + std::string(kKey)}) {
    text.p256dh = key;
    EXPECT_THAT(faults_of(text), ElementsAre("keys.p256dh")) << key;
  }
  text = good();
  for (const char* auth :
       {"", "BTBZMqHH6r4Tts7J_aSI", "BTBZMqHH6r4Tts7J_aSIggAA", "BTBZMqHH6r4Tts7J/aSIgg", "BTBZMqHH6r4Tts7J_aSIgh"}) {
    text.auth = auth;
    EXPECT_THAT(faults_of(text), ElementsAre("keys.auth")) << auth;
  }
}

TEST(WebPushSubscription, AFaultRepeatsNothingOfIt) {
  const auto refused = Subscription::read(
      {.endpoint = "http://push.example.net/SECRETPATH", .p256dh = "SECRETKEY", .auth = "SECRETAUTH"});
  ASSERT_FALSE(refused);
  std::string all = refused.error().detail;
  for (const FieldProblem& problem : refused.error().fields) all += problem.message;
  EXPECT_THAT(all, Not(HasSubstr("SECRET")));
  EXPECT_THAT(all, Not(HasSubstr("example")));
}

TEST(WebPushEndpoint, ItsOriginIsAsRfc6454WritesIt) {
  const auto origin = [](const char* url) { return origin_of_endpoint(url, Reach::internet).value_or(""); };
  EXPECT_EQ(origin("https://fcm.googleapis.com/fcm/send/a:b-_c"), "https://fcm.googleapis.com");
  EXPECT_EQ(origin("https://Push.Example.NET:443/a"), "https://push.example.net");
  EXPECT_EQ(origin("https://push.example.net:8443/a"), "https://push.example.net:8443");
  EXPECT_EQ(origin("https://push.example.net"), "https://push.example.net");
  EXPECT_EQ(origin("https://push.example.net?a"), "https://push.example.net");
  EXPECT_EQ(origin("https://8.8.8.8/a"), "https://8.8.8.8");
  EXPECT_EQ(origin("https://[2a00:1450::1]:8443/a"), "https://[2a00:1450::1]:8443");
  EXPECT_EQ(origin("https://xn--bcher-kva.example/a"), "https://xn--bcher-kva.example");
}

TEST(WebPushEndpoint, OnlyHttpsOnTheInternet) {
  const std::string long_one = "https://a.example/" + std::string(kMaxEndpoint, 'a');
  for (const std::string& url : {std::string(),
                                 std::string("push.example.net"),
                                 std::string("http://push.example.net/a"),
                                 std::string("HTTPS://push.example.net/a"),
                                 std::string("ftp://push.example.net/a"),
                                 std::string("file:///etc/passwd"),
                                 std::string("https:///a"),
                                 std::string("https://u:p@push.example.net/a"),
                                 std::string("https://push.example.net@10.0.0.1/a"),
                                 std::string("https://push.example.net/a#b"),
                                 std::string("https://push.example.net/a b"),
                                 std::string("https://push.example.net/a\r\nX: y"),
                                 std::string("https://push.example.net\\@10.0.0.1/"),
                                 std::string("https://push.example.net/ä"),
                                 std::string("https://püsh.example.net/"),
                                 std::string("https://push.example.net:0/a"),
                                 std::string("https://push.example.net:65536/a"),
                                 std::string("https://push.example.net:/a"),
                                 std::string("https://push.example.net:4a/a"),
                                 std::string("https://push..example.net/a"),
                                 std::string("https://push.example.net./a"),
                                 std::string("https://-a.example/a"),
                                 std::string("https://a%2eexample/a"),
                                 std::string("https://a\0b.example/", 20),
                                 long_one})
    EXPECT_FALSE(origin_of_endpoint(url, Reach::internet)) << url;
}

TEST(WebPushEndpoint, NoAddressOfOurOwnHoweverItIsWritten) {
  for (const char* host : {"127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0x7f.1",
                           "0177.0.0.1",
                           "10.0.0.1",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "0.0.0.0",
                           "224.0.0.1",
                           "255.255.255.255",
                           "[::1]",
                           "[::]",
                           "[::ffff:10.0.0.1]",
                           "[::ffff:8.8.8.8]",
                           "[fc00::1]",
                           "[fd12:3456::1]",
                           "[fe80::1]",
                           "[fe80::1%25eth0]",
                           "[ff02::1]",
                           "[64:ff9b::10.0.0.1]",
                           "[2002:a00:1::1]",
                           "[2001::1]",
                           "[::1",
                           "::1",
                           "localhost",
                           "LOCALHOST",
                           "a.localhost",
                           "1.2.3",
                           "1.2.3.4.5",
                           "256.1.1.1"})
    EXPECT_FALSE(origin_of_endpoint("https://" + std::string(host) + "/a", Reach::internet)) << host;
}

TEST(WebPushEndpoint, LoopbackIsForTestsAndThereHttpToo) {
  const auto origin = [](const char* url) {
    return origin_of_endpoint(url, Reach::internet_and_loopback).value_or("");
  };
  EXPECT_EQ(origin("http://127.0.0.1:8080/a"), "http://127.0.0.1:8080");
  EXPECT_EQ(origin("http://localhost:80/a"), "http://localhost");
  EXPECT_EQ(origin("http://[::1]:8080/a"), "http://[::1]:8080");
  EXPECT_EQ(origin("https://push.example.net/a"), "https://push.example.net");
  EXPECT_EQ(origin("http://push.example.net/a"), "");
  EXPECT_EQ(origin("http://10.0.0.1/a"), "");
  EXPECT_EQ(origin("https://[::ffff:127.0.0.1]/a"), "");
}

}  // namespace
}  // namespace pitview::web_push
