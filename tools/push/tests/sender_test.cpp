#include "pitview/web_push/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "pitview/base/crypto.h"
#include "pitview/web_push/encrypt.h"
#include "stand_in.h"

namespace pitview::web_push {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class PushSender : public testing::Test {
 protected:
  static Vapid new_vapid() { return *Vapid::make(KeyPair::generate(), "mailto:push@pitview.example"); }

  Subscription subscribe(const std::string& application_server_key) {
    text_ = service_.subscribe(application_server_key);
    return *Subscription::read(text_, Reach::internet_and_loopback);
  }
  Subscription subscribe() { return subscribe(vapid_.public_key()); }

  // What a person may read must not let the person send or read.
  void expect_no_secret(const std::string& detail) const {
    EXPECT_THAT(detail, Not(HasSubstr("/push/")));
    EXPECT_THAT(detail, Not(HasSubstr(text_.endpoint.substr(text_.endpoint.rfind('/') + 1))));
    EXPECT_THAT(detail, Not(HasSubstr(text_.auth)));
    EXPECT_THAT(detail, Not(HasSubstr(text_.p256dh)));
    EXPECT_THAT(detail, Not(HasSubstr("eyJ")));
  }

  StandIn service_;
  SystemClock clock_;
  Vapid vapid_ = new_vapid();
  Sender sender_{clock_, vapid_, Reach::internet_and_loopback};
  SubscriptionText text_;
};

TEST_F(PushSender, WhatIsSentIsReceived) {
  const Subscription to = subscribe();
  const Delivery delivery = sender_.send(
      to, {.payload = R"({"title":"The car is ready"})", .ttl = 1h, .urgency = Urgency::high, .topic = "job-7"});
  EXPECT_EQ(delivery.outcome, Outcome::accepted) << delivery.detail;
  EXPECT_EQ(delivery.detail, "");
  ASSERT_EQ(service_.messages().size(), 1U);
  const Received got = service_.messages().front();
  EXPECT_EQ(got.subscription, to.endpoint().substr(to.endpoint().rfind('/') + 1));
  EXPECT_EQ(got.payload, R"({"title":"The car is ready"})");
  EXPECT_EQ(got.ttl_s, 3'600);
  EXPECT_EQ(got.urgency, "high");
  EXPECT_EQ(got.topic, "job-7");
}

TEST_F(PushSender, PayloadsOfEverySizeThatFits) {
  const Subscription to = subscribe();
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::string payloads[] = {"",
                                  "x",
                                  std::string(1, '\0'),
                                  std::string("ends in the delimiter\x02\0\0", 24),
                                  every_byte,
                                  "Ваша машина готова — 車の準備ができました 🚗",
                                  std::string(kMaxPayload - 1, 'y'),
                                  std::string(kMaxPayload, 'z')};
  for (const std::string& payload : payloads) {
    const Delivery delivery = sender_.send(to, {.payload = payload});
    EXPECT_EQ(delivery.outcome, Outcome::accepted) << payload.size() << ": " << delivery.detail;
    EXPECT_EQ(service_.messages().back().payload, payload);
  }
}

TEST_F(PushSender, WhatIsTooLargeOrHasNoRightTopicIsNotSent) {
  const Subscription to = subscribe();
  const Delivery large = sender_.send(to, {.payload = std::string(kMaxPayload + 1, 'x')});
  EXPECT_EQ(large.outcome, Outcome::refused);
  EXPECT_EQ(large.detail, "A push message has at most 3993 bytes.");
  for (const char* topic : {"a b", "a\r\nX: y", "ä", "a.b", "012345678901234567890123456789012"})
    EXPECT_EQ(sender_.send(to, {.payload = "x", .topic = topic}).outcome, Outcome::refused) << topic;
  EXPECT_EQ(service_.requests(), 0U);
}

TEST_F(PushSender, EveryUrgencyIsSaidAsTheRfcSpellsIt) {
  const Subscription to = subscribe();
  std::vector<std::string> said;
  for (const Urgency urgency : {Urgency::very_low, Urgency::low, Urgency::normal, Urgency::high}) {
    ASSERT_EQ(sender_.send(to, {.payload = "x", .urgency = urgency}).outcome, Outcome::accepted);
    said.push_back(service_.messages().back().urgency);
  }
  EXPECT_THAT(said, testing::ElementsAre("very-low", "low", "normal", "high"));
}

TEST_F(PushSender, ATopicTakesThePlaceOfWhatWaits) {
  const Subscription one = subscribe();
  const Subscription other = subscribe();
  for (const Subscription& to : {one, other})
    for (const char* payload : {"30 minutes", "20 minutes"})
      ASSERT_EQ(sender_.send(to, {.payload = payload, .topic = "eta"}).outcome, Outcome::accepted);
  ASSERT_EQ(sender_.send(one, {.payload = "no topic"}).outcome, Outcome::accepted);
  std::vector<std::string> payloads;
  for (const Received& message : service_.messages()) payloads.push_back(message.payload);
  EXPECT_THAT(payloads, testing::ElementsAre("20 minutes", "20 minutes", "no topic"));
}

TEST_F(PushSender, ASubscriptionThatEndedIsGone) {
  const Subscription to = subscribe();
  service_.unsubscribe(text_);
  const Delivery ended = sender_.send(to, {.payload = "x"});
  EXPECT_EQ(ended.outcome, Outcome::gone);
  EXPECT_EQ(ended.detail, "The push service answers 410: the subscription has ended.");
  text_.endpoint = service_.origin() + "/push/never-was";
  const auto never = Subscription::read(text_, Reach::internet_and_loopback);
  EXPECT_EQ(sender_.send(*never, {.payload = "x"}).outcome, Outcome::gone);
}

TEST_F(PushSender, AServiceThatIsBusySaysWhenToComeBack) {
  const Subscription to = subscribe();
  service_.behave({.fault = Fault::rate_limited, .times = 1, .retry_after_s = 90});
  const Delivery busy = sender_.send(to, {.payload = "x"});
  EXPECT_EQ(busy.outcome, Outcome::later);
  EXPECT_EQ(busy.retry_after, 90s);
  EXPECT_EQ(busy.detail, "The push service answers 429: too many messages.");
  expect_no_secret(busy.detail);
  service_.behave({.fault = Fault::rate_limited, .times = 1, .retry_after_s = 1'000'000'000});
  EXPECT_EQ(sender_.send(to, {.payload = "x"}).retry_after, 24h);
  EXPECT_EQ(sender_.send(to, {.payload = "x"}).outcome, Outcome::accepted);
}

TEST_F(PushSender, AServiceThatFailsTwiceTakesTheThird) {
  const Subscription to = subscribe();
  service_.behave({.fault = Fault::failing, .times = 2});
  for (int i = 0; i < 2; ++i) {
    const Delivery failed = sender_.send(to, {.payload = "x"});
    EXPECT_EQ(failed.outcome, Outcome::later);
    EXPECT_EQ(failed.retry_after, std::nullopt);
  }
  EXPECT_EQ(sender_.send(to, {.payload = "x"}).outcome, Outcome::accepted);
}

TEST_F(PushSender, AServiceThatFindsItTooLargeRefuses) {
  const Subscription to = subscribe();
  service_.behave({.fault = Fault::too_large});
  const Delivery delivery = sender_.send(to, {.payload = "x"});
  EXPECT_EQ(delivery.outcome, Outcome::refused);
  EXPECT_EQ(delivery.detail, "The push service answers 413: the message is too large.");
}

TEST_F(PushSender, RedirectsAreNotFollowed) {
  const Subscription to = subscribe();
  service_.behave({.fault = Fault::elsewhere});
  const Delivery delivery = sender_.send(to, {.payload = "x"});
  EXPECT_EQ(delivery.outcome, Outcome::refused);
  EXPECT_EQ(delivery.detail, "The push service answers 307: it sends us elsewhere.");
  EXPECT_EQ(service_.requests(), 1U);
}

TEST_F(PushSender, AnUnreachableServiceIsForLater) {
  (void)subscribe();
  text_.endpoint = "http://127.0.0.1:1/push/SECRET";
  const auto to = Subscription::read(text_, Reach::internet_and_loopback);
  const Delivery delivery = sender_.send(*to, {.payload = "x"});
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_THAT(delivery.detail, testing::StartsWith("The push service does not answer: "));
  expect_no_secret(delivery.detail);
}

TEST_F(PushSender, AnotherVapidKeyIsRefused) {
  const Delivery delivery = sender_.send(subscribe(new_vapid().public_key()), {.payload = "x"});
  EXPECT_EQ(delivery.outcome, Outcome::refused);
  EXPECT_EQ(delivery.detail, "The push service answers 403: it does not take messages signed with this VAPID key.");
  expect_no_secret(delivery.detail);
  EXPECT_TRUE(service_.messages().empty());
}

TEST_F(PushSender, AClockThatIsADayWrongIsRefused) {
  const Subscription to = subscribe();
  for (const auto wrong : {-24h, 24h}) {
    const ManualClock clock(clock_.now() + wrong);
    Sender sender(clock, vapid_, Reach::internet_and_loopback);
    EXPECT_EQ(sender.send(to, {.payload = "x"}).outcome, Outcome::refused) << wrong.count();
  }
  EXPECT_EQ(service_.requests(), 2U);
  EXPECT_TRUE(service_.messages().empty());
}

TEST_F(PushSender, AMessageForAnotherBrowserIsRefused) {
  const SubscriptionText other = service_.subscribe();
  (void)subscribe();
  text_.p256dh = other.p256dh;
  const auto mixed = Subscription::read(text_, Reach::internet_and_loopback);
  EXPECT_EQ(sender_.send(*mixed, {.payload = "x"}).outcome, Outcome::refused);
  EXPECT_EQ(service_.requests(), 1U);
  EXPECT_TRUE(service_.messages().empty());
}

TEST_F(PushSender, ASenderForTheInternetConnectsToNothingOfOurs) {
  Sender sender(clock_, vapid_);
  const std::string port = std::to_string(service_.port());
  // As if a name of the internet led there: libcurl resolves it, and the gate looks at the address.
  for (const std::string& endpoint : {"https://localhost:" + port + "/push/SECRET", "https://127.0.0.1:" + port + "/a",
                                      "https://[::1]:" + port + "/a"}) {
    (void)subscribe();
    text_.endpoint = endpoint;
    const auto to = Subscription::read(text_, Reach::internet_and_loopback);
    ASSERT_TRUE(to) << endpoint;
    const Delivery delivery = sender.send(*to, {.payload = "x"});
    EXPECT_EQ(delivery.outcome, Outcome::refused);
    EXPECT_EQ(delivery.detail, "The push service is at an address that is not of the internet.");
  }
  const Delivery plain = sender.send(subscribe(), {.payload = "x"});
  EXPECT_EQ(plain.outcome, Outcome::refused);
  EXPECT_EQ(plain.detail, "The endpoint is no https address.");
  EXPECT_EQ(service_.requests(), 0U);
}

TEST_F(PushSender, NoProxyOfTheEnvironmentIsAsked) {
  // One that nobody answers at: if it were asked, nothing would arrive.
  unsetenv("no_proxy");
  unsetenv("NO_PROXY");
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  EXPECT_EQ(sender_.send(subscribe(), {.payload = "x"}).outcome, Outcome::accepted);
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
}

TEST_F(PushSender, ManyThreadsAtOnce) {
  const Subscription to = subscribe();
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i)
        EXPECT_EQ(sender_.send(to, {.payload = std::to_string(t) + "-" + std::to_string(i)}).outcome,
                  Outcome::accepted);
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> payloads;
  for (const Received& message : service_.messages()) payloads.insert(message.payload);
  EXPECT_EQ(payloads.size(), 80U);
}

}  // namespace
}  // namespace pitview::web_push
