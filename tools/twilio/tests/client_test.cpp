#include "pitview/messaging/twilio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "pitview/messaging/twilio_webhook.h"
#include "stand_in.h"
#include "webhook.h"

namespace pitview::messaging {
namespace {

using Outcome = Delivery::Outcome;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kToken = "s3cret/token+of=Twilio";
constexpr const char* kTo = "+919876543210";
constexpr const char* kTemplate = "HX00000000000000000000000000000001";
constexpr const char* kUnknownTemplate = "HX00000000000000000000000000000099";
constexpr std::chrono::seconds kSoon{20};

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

class TwilioClient : public testing::Test {
 protected:
  TwilioClient() : twilio_(0, {.auth_token = kToken}) {}

  Sms sms(std::string body = "Your car is ready.") const { return {.key = "m-1", .to = kTo, .body = std::move(body)}; }
  Delivery send(const Sms& message) const { return Twilio(options_with()).send(message); }
  Delivery send(const WhatsApp& message) const { return Twilio(options_with()).send(message); }
  TwilioOptions options_with(std::string status_callback = {}) const {
    TwilioOptions options = twilio_.options();
    options.status_callback = std::move(status_callback);
    return options;
  }

  StandIn twilio_;
};

TEST_F(TwilioClient, AnSmsIsAccepted) {
  const Delivery delivery = send(sms());
  ASSERT_TRUE(delivery.is_accepted()) << delivery.reason;
  EXPECT_EQ(delivery.segments, 1);
  EXPECT_EQ(delivery.reason, "");
  ASSERT_THAT(twilio_.messages(), SizeIs(1));
  const AcceptedMessage message = twilio_.messages().front();
  EXPECT_EQ(delivery.provider_id, message.sid);
  EXPECT_EQ(message.to, kTo);
  EXPECT_EQ(message.from, "+12025550123");
  EXPECT_EQ(message.body, "Your car is ready.");
  EXPECT_EQ(message.status_callback, "");
}

TEST_F(TwilioClient, AMessagingServiceSendsInstead) {
  TwilioOptions options = options_with();
  options.sms_from.clear();
  options.messaging_service_sid = "MG00000000000000000000000000000001";
  const Delivery delivery = Twilio(options).send(sms(times(161, "a")));
  ASSERT_TRUE(delivery.is_accepted()) << delivery.reason;
  EXPECT_EQ(delivery.segments, 2);  // which it does not say
  EXPECT_EQ(twilio_.messages().front().messaging_service_sid, options.messaging_service_sid);
  EXPECT_EQ(twilio_.messages().front().from, "");
}

TEST_F(TwilioClient, EveryLetterArrivesAsItWas) {
  for (const std::string& body :
       {std::string("a&b=c+d%20e;f?g#h"), std::string("Line one\nline two\r\nTo: +15550000000"),
        std::string("गाड़ी तैयार है ✓ ₹1,500"), std::string("🚗✨ 👨‍🔧"), std::string("\"quoted\" \\ {json}"),
        times(1'600, "a"), times(1'600, "क"), times(1'600, "🚗")}) {
    const Delivery delivery = send(sms(body));
    ASSERT_TRUE(delivery.is_accepted()) << delivery.reason << body.substr(0, 40);
    EXPECT_EQ(twilio_.messages().back().body, body);
    EXPECT_EQ(twilio_.messages().back().to, kTo);
  }
}

TEST_F(TwilioClient, AWhatsAppTemplateIsAccepted) {
  const WhatsApp message{.key = "m-2",
                         .to = kTo,
                         .content_sid = kTemplate,
                         .variables = {"Aarav \"A\" Śarmā", "ब्लू 🚗", "https://pitview.example.com/v/a?b=c&d"}};
  const Delivery delivery = send(message);
  ASSERT_TRUE(delivery.is_accepted()) << delivery.reason;
  EXPECT_EQ(delivery.segments, 0);
  const AcceptedMessage accepted = twilio_.messages().front();
  EXPECT_EQ(accepted.to, "whatsapp:+919876543210");
  EXPECT_EQ(accepted.from, "whatsapp:+12025550124");
  EXPECT_EQ(accepted.content_sid, kTemplate);
  EXPECT_EQ(accepted.content_variables,
            R"({"1":"Aarav \"A\" Śarmā","2":"ब्लू 🚗","3":"https://pitview.example.com/v/a?b=c&d"})");
  EXPECT_EQ(accepted.body, "");
}

TEST_F(TwilioClient, TooManyIsLaterAndNotBefore) {
  twilio_.behave({.rate_limit = 1, .retry_after_s = 7});
  const Delivery delivery = send(sms());
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.code, "20429");
  EXPECT_EQ(delivery.retry_after, std::chrono::seconds(7));
  EXPECT_FALSE(delivery.is_misconfigured);
  EXPECT_FALSE(delivery.is_uncertain);
  EXPECT_TRUE(send(sms()).is_accepted());
}

TEST_F(TwilioClient, AFaultOfTwiliosIsLater) {
  for (const int status : {500, 502, 503}) {
    twilio_.behave({.fail = 1, .fail_status = status});
    const Delivery delivery = send(sms());
    EXPECT_EQ(delivery.outcome, Outcome::later) << status;
    EXPECT_EQ(delivery.is_uncertain, status != 503) << status;
    EXPECT_FALSE(delivery.recipient_invalid || delivery.recipient_opted_out || delivery.is_misconfigured);
  }
  EXPECT_THAT(twilio_.messages(), IsEmpty());
}

TEST_F(TwilioClient, WhatIsNotTwiliosAnswerIsNone) {
  twilio_.behave({.fail = 1, .fail_status = 200});  // as of a portal in between
  const Delivery portal = send(sms());
  EXPECT_EQ(portal.outcome, Outcome::later);
  EXPECT_EQ(portal.reason, "What answers at Twilio's address is not Twilio.");
  EXPECT_TRUE(portal.is_uncertain);
  twilio_.behave({.fail = 1, .fail_status = 403});
  const Delivery forbidden = send(sms());
  EXPECT_EQ(forbidden.outcome, Outcome::refused);
  EXPECT_TRUE(forbidden.is_misconfigured);
}

TEST_F(TwilioClient, WhatIsNotAnsweredMayHaveArrived) {
  twilio_.behave({.hang = 1});
  TwilioOptions options = options_with();
  options.timeout = std::chrono::milliseconds(300);
  const Delivery delivery = Twilio(options).send(sms());
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.reason, "Twilio does not answer in time.");
  EXPECT_TRUE(delivery.is_uncertain);
}

TEST_F(TwilioClient, WhoCannotBeReachedHasNothing) {
  TwilioOptions options = options_with();
  options.base_url = "http://127.0.0.1:1";
  const Delivery delivery = Twilio(options).send(sms());
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.reason, "Twilio cannot be reached.");
  EXPECT_FALSE(delivery.is_uncertain);
}

TEST_F(TwilioClient, WhatEncryptsNothingIsNotTrusted) {
  TwilioOptions options = options_with();
  options.base_url.replace(0, 4, "https");
  const Delivery delivery = Twilio(options).send(sms());
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_THAT(twilio_.messages(), IsEmpty());
}

TEST_F(TwilioClient, WhoOptedOutIsSaidToHave) {
  twilio_.behave({.opted_out = {kTo}});
  const Delivery delivery = send(sms());
  EXPECT_EQ(delivery.outcome, Outcome::refused);
  EXPECT_EQ(delivery.code, "21610");
  EXPECT_TRUE(delivery.recipient_opted_out);
  EXPECT_FALSE(delivery.recipient_invalid);
  EXPECT_EQ(delivery.reason, "The recipient wants no messages.");
}

TEST_F(TwilioClient, ANumberThatIsNoneIsSaidToBe) {
  twilio_.behave({.invalid = {{kTo, "21211"}, {"+912212345678", "21614"}}});
  const Delivery none = send(sms());
  EXPECT_EQ(none.outcome, Outcome::refused);
  EXPECT_EQ(none.code, "21211");
  EXPECT_TRUE(none.recipient_invalid);
  const Delivery landline = send(Sms{.key = "m-1", .to = "+912212345678", .body = "a"});
  EXPECT_EQ(landline.code, "21614");
  EXPECT_TRUE(landline.recipient_invalid);
  EXPECT_EQ(landline.reason, "The number is no mobile phone.");
}

TEST_F(TwilioClient, WrongCredentialsAreOurs) {
  TwilioOptions options = options_with();
  options.auth_token = "another";
  const Delivery token = Twilio(options).send(sms());
  EXPECT_EQ(token.outcome, Outcome::refused);
  EXPECT_EQ(token.code, "20003");
  EXPECT_TRUE(token.is_misconfigured);
  options = options_with();
  options.account_sid = "AC00000000000000000000000000000099";
  EXPECT_TRUE(Twilio(options).send(sms()).is_misconfigured);
  options = options_with();
  options.sms_from = "+12025550199";
  const Delivery sender = Twilio(options).send(sms());
  EXPECT_EQ(sender.code, "21606");
  EXPECT_TRUE(sender.is_misconfigured);
  EXPECT_THAT(twilio_.messages(), IsEmpty());
}

TEST_F(TwilioClient, AnUnknownTemplateIsRefused) {
  const Delivery delivery = send(WhatsApp{.key = "m-1", .to = kTo, .content_sid = kUnknownTemplate});
  EXPECT_EQ(delivery.outcome, Outcome::refused);
  EXPECT_EQ(delivery.code, "21655");
  EXPECT_FALSE(delivery.is_misconfigured);
}

TEST_F(TwilioClient, WhatCannotBeSentIsNotAskedFor) {
  std::vector<Delivery> refused;
  for (const std::string to : {"", "9876543210", "+0123456789", "+91 98765 43210", "+91987654321012345",
                               "+919876543210\r\n", "+919876543210&Body=x", "whatsapp:+919876543210", "+१२३४५६७८९"})
    refused.push_back(send(Sms{.key = "m-1", .to = to, .body = "a"}));
  for (const Delivery& delivery : refused) EXPECT_TRUE(delivery.recipient_invalid);
  for (const std::string& body : {std::string(), times(1'601, "a"), times(1'601, "🚗"), std::string(10'000'000, 'a'),
                                  std::string("\xff"), std::string("a\0b", 3), std::string("\x1b[2J")})
    refused.push_back(send(sms(body)));
  for (const std::string key : {"", "a b", "a&b", "a\nb", "ä"})
    refused.push_back(send(Sms{.key = key, .to = kTo, .body = "a"}));
  for (const std::string& variable :
       {std::string(), std::string("a\nb"), std::string("a\tb"), std::string("\xff"), times(1'025, "a"),
        std::string("a\xe2\x80\xa8"
                    "b")})
    refused.push_back(send(WhatsApp{.key = "m-1", .to = kTo, .content_sid = kTemplate, .variables = {variable}}));
  refused.push_back(send(WhatsApp{.key = "m-1", .to = kTo, .content_sid = "HX1"}));
  refused.push_back(send(WhatsApp{.key = "m-1", .to = kTo, .content_sid = kTemplate, .body = "both"}));
  refused.push_back(send(WhatsApp{.key = "m-1", .to = kTo, .variables = {"alone"}, .body = "a"}));
  refused.push_back(send(WhatsApp{.key = "m-1", .to = kTo}));
  for (const Delivery& delivery : refused) {
    EXPECT_EQ(delivery.outcome, Outcome::refused);
    EXPECT_THAT(delivery.reason, Not(IsEmpty()));
  }
  EXPECT_EQ(twilio_.requests(), 0U);
}

TEST_F(TwilioClient, OptionsThatAreNoneAreNotTaken) {
  const auto expect_none = [&](auto change, const char* what) {
    TwilioOptions options = options_with();
    change(options);
    EXPECT_THROW(Twilio{options}, std::invalid_argument) << what;
  };
  for (const char* url :
       {"", "api.twilio.com", "http://api.twilio.com", "https://u:p@api.twilio.com", "https://api.twilio.com/x",
        "https://api.twilio.com\r\nHost: a", "http://127.0.0.1.example.com", "ftp://127.0.0.1"})
    expect_none([&](TwilioOptions& o) { o.base_url = url; }, url);
  for (const char* sid : {"", "AC1", "AC0000000000000000000000000000000/", "XX00000000000000000000000000000001"})
    expect_none([&](TwilioOptions& o) { o.account_sid = sid; }, sid);
  expect_none([](TwilioOptions& o) { o.auth_token = ""; }, "no token");
  expect_none([](TwilioOptions& o) { o.auth_token = "a\r\nb"; }, "token of two lines");
  expect_none([](TwilioOptions& o) { o.sms_from = "TWELVELETTERS"; }, "sender");
  expect_none([](TwilioOptions& o) { o.whatsapp_from = "whatsapp:+12025550124"; }, "whatsapp");
  expect_none([](TwilioOptions& o) { o.messaging_service_sid = "MG"; }, "service");
  for (const char* url : {"receipts", "https://a/b?c=d", "https://a/b#c", "https://a/b c", "https://a/\r\nb"})
    expect_none([&](TwilioOptions& o) { o.status_callback = url; }, url);
  TwilioOptions options = options_with();
  options.base_url = "http://[::1]";
  EXPECT_NO_THROW(Twilio{options});
  options.sms_from = "PITVIW";  // of six letters, as they are registered in India
  EXPECT_NO_THROW(Twilio{options});
}

TEST_F(TwilioClient, ReceiptsComeSignedAndFindTheirMessage) {
  const Webhook webhook;
  const Delivery delivery = Twilio(options_with(webhook.url())).send(sms());
  ASSERT_TRUE(delivery.is_accepted()) << delivery.reason;
  ASSERT_TRUE(twilio_.callbacks().wait_for(2, kSoon));
  std::vector<ReceiptStatus> statuses;
  for (const http::Request& request : webhook.requests()) {
    EXPECT_EQ(request.target, "/receipts?key=m-1");
    const auto form = parse_form(request.body);
    ASSERT_TRUE(form);
    const std::string_view signature = request.header("X-Twilio-Signature");
    EXPECT_TRUE(verify_signature(kToken, webhook.url() + "?key=m-1", *form, signature));
    EXPECT_FALSE(verify_signature(kToken, webhook.url() + "?key=m-2", *form, signature));
    EXPECT_FALSE(verify_signature("another", webhook.url() + "?key=m-1", *form, signature));
    const auto receipt = parse_receipt(*form);
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->provider_id, delivery.provider_id);
    statuses.push_back(receipt->status);
  }
  EXPECT_THAT(statuses, testing::ElementsAre(ReceiptStatus::sent, ReceiptStatus::delivered));
}

TEST_F(TwilioClient, AReceiptSaysWhyItWasNotDelivered) {
  const Webhook webhook;
  twilio_.behave({.undelivered = {{kTo, "30005"}}});
  ASSERT_TRUE(Twilio(options_with(webhook.url())).send(sms()).is_accepted());
  ASSERT_TRUE(twilio_.callbacks().wait_for(2, kSoon));
  const auto receipt = parse_receipt(parse_form(webhook.requests().at(1).body).value());
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->status, ReceiptStatus::undelivered);
  EXPECT_EQ(receipt->code, "30005");
  EXPECT_TRUE(delivery_of(*receipt).recipient_invalid);
}

TEST_F(TwilioClient, WhatsAppWantsATemplateOutsideOfASession) {
  const Webhook webhook;
  Twilio client(options_with(webhook.url()));
  const WhatsApp text{.key = "m-1", .to = kTo, .body = "Your car is ready."};
  ASSERT_TRUE(client.send(text).is_accepted());
  ASSERT_TRUE(twilio_.callbacks().wait_for(2, kSoon));
  EXPECT_EQ(parse_receipt(parse_form(webhook.requests().at(1).body).value())->code, "63016");
  twilio_.behave({.sessions = {kTo}});
  ASSERT_TRUE(client.send(text).is_accepted());
  ASSERT_TRUE(twilio_.callbacks().wait_for(4, kSoon));
  EXPECT_EQ(parse_receipt(parse_form(webhook.requests().at(3).body).value())->status, ReceiptStatus::delivered);
}

TEST_F(TwilioClient, WhoWritesStopIsHeard) {
  const Webhook webhook;
  twilio_.receive(webhook.url(), kTo, "+12025550123", "STOP", "STOP");
  ASSERT_TRUE(twilio_.callbacks().wait_for(1, kSoon));
  const http::Request request = webhook.requests().at(0);
  const Form form = parse_form(request.body).value();
  EXPECT_TRUE(verify_signature(kToken, webhook.url(), form, request.header("X-Twilio-Signature")));
  const auto inbound = parse_inbound(form);
  ASSERT_TRUE(inbound);
  EXPECT_EQ(inbound->wish, Inbound::Wish::stop);
  EXPECT_EQ(inbound->from, kTo);
  EXPECT_FALSE(parse_receipt(form));
}

TEST_F(TwilioClient, ManyThreadsAtOnce) {
  Twilio client(options_with());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string body = std::to_string(t) + "/" + std::to_string(i);
        EXPECT_TRUE(client.send(sms(body)).is_accepted()) << body;
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> bodies;
  for (const AcceptedMessage& message : twilio_.messages()) bodies.insert(message.body);
  EXPECT_THAT(bodies, SizeIs(80));
}

TEST_F(TwilioClient, SaysNeitherSecretsNorNumbers) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  std::string said;
  const auto note = [&](const Delivery& delivery) {
    EXPECT_THAT(delivery.reason, Not(IsEmpty()));
    said += delivery.reason + delivery.code + "\n";
  };
  for (const Behaviour& behaviour : {Behaviour{.rate_limit = 1}, Behaviour{.fail = 1}, Behaviour{.opted_out = {kTo}},
                                     Behaviour{.invalid = {{kTo, "21211"}}}, Behaviour{.invalid = {{kTo, "29999"}}}}) {
    twilio_.behave(behaviour);
    note(send(sms("Password: hunter2")));
  }
  TwilioOptions options = options_with();
  options.auth_token = "wrong-token";
  note(Twilio(options).send(sms("Password: hunter2")));
  options.base_url = "http://127.0.0.1:1";
  note(Twilio(options).send(sms("Password: hunter2")));
  try {
    options.base_url = "https://user:hunter2@example.com";
    const Twilio none(options);
  } catch (const std::invalid_argument& e) {
    said += e.what();
  }
  said += testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();
  for (const char* secret : {kToken, "wrong-token", "hunter2", "9876543210", "2025550123", "AC0000"})
    EXPECT_THAT(said, Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace pitview::messaging
