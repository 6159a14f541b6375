// What the sender makes of a provider's answers, against a Twilio that checks what it gets.
#include "messages/providers.h"

#include <gmock/gmock.h>

#include "mail_server.h"
#include "messages/message_mail.h"
#include "messages/message_texts.h"
#include "stand_in.h"

namespace pitview::messages {
namespace {

using Outcome = Handed::Outcome;

class SmsProvider : public testing::Test {
 protected:
  Handed send(const std::string& phone = "+919876543210", const std::string& email = "") {
    return providers_.send({.key = "pitview-1", .phone = phone, .email = email, .subject = "Shine", .text = "नमस्ते"});
  }

  messaging::StandIn twilio_{0, {}};
  Providers providers_{{.twilio = twilio_.options(), .smtp = {}}};
};

TEST_F(SmsProvider, TakesWhatItIsGiven) {
  const Handed handed = send();
  EXPECT_EQ(handed.outcome, Outcome::taken) << handed.reason;
  EXPECT_EQ(handed.channel, "sms");
  ASSERT_EQ(twilio_.messages().size(), 1U);
  EXPECT_EQ(twilio_.messages()[0].sid, handed.provider_id);
  EXPECT_EQ(twilio_.messages()[0].to, "+919876543210");
  EXPECT_EQ(twilio_.messages()[0].body, "नमस्ते");
}

TEST_F(SmsProvider, WhoIsBusyOrBrokenIsAskedAgain) {
  twilio_.behave({.rate_limit = 1, .retry_after_s = 7});
  EXPECT_EQ(send().outcome, Outcome::later);
  twilio_.behave({.rate_limit = 1, .retry_after_s = 7});
  EXPECT_EQ(send().not_before, std::chrono::seconds(7));
  twilio_.behave({.fail = 1});
  EXPECT_EQ(send().outcome, Outcome::later);
  EXPECT_EQ(send().outcome, Outcome::taken);
}

TEST_F(SmsProvider, WhoWantsNoneIsNotAskedAgain) {
  twilio_.behave({.opted_out = {"+919876543210"}});
  const Handed handed = send();
  EXPECT_EQ(handed.outcome, Outcome::refused);
  EXPECT_FALSE(handed.reason.empty());
  EXPECT_EQ(handed.reason.find("9876543210"), std::string::npos) << "staff reads it";
}

TEST_F(SmsProvider, WrongCredentialsAreNoFaultOfTheMessage) {
  auto options = twilio_.options();
  options.auth_token = std::string(32, 'f');
  Providers wrong({.twilio = options, .smtp = {}});
  const Handed handed = wrong.send({.key = "pitview-1", .phone = "+919876543210", .text = "a"});
  EXPECT_EQ(handed.outcome, Outcome::later);
  EXPECT_EQ(handed.reason.find(options.auth_token), std::string::npos);
  EXPECT_TRUE(twilio_.messages().empty());
}

TEST_F(SmsProvider, WithoutAWayThereIsNobody) {
  EXPECT_EQ(send("", "ravi@example.com").outcome, Outcome::nobody);
  EXPECT_EQ(provider_of({})->send({}).outcome, Outcome::nobody);
  EXPECT_EQ(twilio_.requests(), 0U);
}

constexpr const char* kContent = "HX00000000000000000000000000000001";

class WhatsAppProvider : public testing::Test {
 protected:
  static messaging::TwilioOptions with_receipts(messaging::TwilioOptions options) {
    options.status_callback = "https://pit.example/api/twilio/receipts";
    return options;
  }
  Handed send(MessageKind kind = MessageKind::job_started, bool may_be_whatsapp = true, const std::string& email = "") {
    return providers_.send({.key = "pitview-1",
                            .phone = "+919876543210",
                            .email = email,
                            .subject = "Shine",
                            .text = "Work has begun.",
                            .kind = kind,
                            .language = "en",
                            .may_be_whatsapp = may_be_whatsapp,
                            .template_variables = {"Harrier", "–"}});
  }

  messaging::StandIn twilio_{0, {}};
  Providers providers_{{.twilio = with_receipts(twilio_.options()),
                        .whatsapp_templates = {{{MessageKind::job_started, "en"}, kContent}},
                        .smtp = {}}};
};

TEST_F(WhatsAppProvider, IsFirstWhereThereIsATemplate) {
  const Handed handed = send();
  EXPECT_EQ(handed.outcome, Outcome::taken) << handed.reason;
  EXPECT_EQ(handed.channel, "whatsapp");
  EXPECT_TRUE(handed.has_fallback);
  EXPECT_EQ(handed.segments, 0);
  ASSERT_EQ(twilio_.messages().size(), 1U);
  const messaging::AcceptedMessage got = twilio_.messages()[0];
  EXPECT_EQ(got.to, "whatsapp:+919876543210");
  EXPECT_EQ(got.content_sid, kContent);
  EXPECT_EQ(got.content_variables, "{\"1\":\"Harrier\",\"2\":\"–\"}");
  EXPECT_EQ(got.status_callback, "https://pit.example/api/twilio/receipts?key=pitview-1");
}

TEST_F(WhatsAppProvider, WithoutATemplateOrAfterItItIsAnSms) {
  EXPECT_EQ(send(MessageKind::time_left).channel, "sms");
  const Handed handed = send(MessageKind::job_started, false);
  EXPECT_EQ(handed.channel, "sms");
  EXPECT_EQ(handed.segments, 1);
  EXPECT_EQ(twilio_.messages().size(), 2U);
}

TEST_F(WhatsAppProvider, WhatWhatsAppRefusesIsAnSmsAtOnce) {
  // No such recipient, no template, a sender that is not registered, its limit, wrong variables.
  for (const char* code : {"63003", "63016", "63007", "63018", "21656"}) {
    twilio_.behave({.whatsapp_invalid = {{"+919876543210", code}}});
    const Handed handed = send();
    EXPECT_EQ(handed.outcome, Outcome::taken) << code;
    EXPECT_EQ(handed.channel, "sms") << code;
  }
  EXPECT_EQ(twilio_.requests(), 10U);
}

TEST_F(WhatsAppProvider, WhoHasBlockedUsThereGetsNoSms) {
  twilio_.behave({.whatsapp_invalid = {{"+919876543210", "63033"}}});
  const Handed handed = send();
  EXPECT_EQ(handed.outcome, Outcome::refused);
  EXPECT_TRUE(handed.opted_out);
  EXPECT_EQ(twilio_.requests(), 1U);
}

TEST_F(WhatsAppProvider, TwiliosOwnFaultsAreWaitedForAndCostOneRequest) {
  twilio_.behave({.rate_limit = 1, .retry_after_s = 7});
  const Handed handed = send();
  EXPECT_EQ(handed.outcome, Outcome::later);
  EXPECT_EQ(handed.not_before, std::chrono::seconds(7));
  EXPECT_EQ(twilio_.requests(), 1U);
}

TEST_F(WhatsAppProvider, WhoWantsNoneGetsNoEMailInstead) {
  messaging::MailServer mail(messaging::MailServer::Encryption::none, messaging::MailServer::Auth::none);
  twilio_.behave({.opted_out = {"+919876543210"}});
  Providers providers({.twilio = twilio_.options(), .smtp = mail.options()});
  const Handed handed = providers.send(
      {.key = "pitview-1", .phone = "+919876543210", .email = "ravi@example.com", .subject = "Shine", .text = "a"});
  EXPECT_EQ(handed.outcome, Outcome::refused);
  EXPECT_TRUE(handed.opted_out);
  EXPECT_EQ(mail.stored(), 0U);
}

TEST(WhatsAppTemplates, NeedReceiptsOrEveryMessageWouldGoOutTwice) {
  messaging::StandIn twilio(0, {});
  EXPECT_THROW(provider_of({.twilio = twilio.options(),
                            .whatsapp_templates = {{{MessageKind::job_started, "en"}, kContent}},
                            .smtp = {}}),
               std::invalid_argument);
}

// As Python's email package reads what a real mail server has stored.
TEST(MailPage, IsTheSameForWhoReadsHtmlAndRunsNothing) {
  messaging::MailServer mail(messaging::MailServer::Encryption::none, messaging::MailServer::Auth::none);
  Providers providers({.twilio = {}, .smtp = mail.options()});
  const std::string link = "https://pit.example/t/a?b&c";
  const std::string text = "नमस्ते <script>alert(1)</script> & \"Ravi\": " + link;
  const Handed handed =
      providers.send({.key = "pitview-1",
                      .email = "ravi@example.com",
                      .subject = "Shine <b>: Harrier",
                      .text = text,
                      .html = mail_html({.language = "hi", .workshop = "Shine & <Sons>", .text = text, .link = link}),
                      .written = Timestamp(std::chrono::seconds(1'780'000'000))});
  ASSERT_EQ(handed.outcome, Outcome::taken) << handed.reason;
  EXPECT_EQ(handed.channel, "email");
  ASSERT_EQ(mail.stored(), 1U);
  const json::Document read = mail.mail(1);
  const auto at = [&](const char* name) { return std::string(read.root().find(name)->as_string()); };
  EXPECT_EQ(at("content_type"), "multipart/alternative");
  EXPECT_FALSE(read.root().find("defects")->first().has_value());
  EXPECT_EQ(at("plain"), text + "\n");
  const std::string html = at("html");
  EXPECT_THAT(html, testing::HasSubstr("Shine &amp; &lt;Sons&gt;"));
  EXPECT_THAT(html, testing::HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Ravi&quot;: <a href="));
  EXPECT_THAT(html, testing::Not(testing::HasSubstr("<script")));
  EXPECT_THAT(html, testing::HasSubstr("href=\"https://pit.example/t/a?b&amp;c\""));
  EXPECT_THAT(html, testing::HasSubstr("अपनी गाड़ी देखें"));
  EXPECT_THAT(html, testing::Not(testing::ContainsRegex("src=|url\\(|@import|<img|<link"))) << "nothing is fetched";
}

TEST(MailPage, HasNoButtonWithoutALink) {
  for (const char* link : {"", "javascript:alert(1)", "data:text/html,x"}) {
    const std::string html = mail_html({.language = "en", .workshop = "Shine", .text = "Hello", .link = link});
    EXPECT_THAT(html, testing::Not(testing::HasSubstr("href"))) << link;
  }
}

}  // namespace
}  // namespace pitview::messages
