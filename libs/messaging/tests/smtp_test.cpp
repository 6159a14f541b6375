#include "pitview/messaging/smtp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "mail_server.h"
#include "pitview/base/crypto.h"
#include "pitview/messaging/twilio.h"

namespace pitview::messaging {
namespace {

using Outcome = Delivery::Outcome;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Mail mail_to(std::string to) {
  return {.key = "job-7-ready",
          .date = *parse_iso8601("2026-02-20T22:30:00Z"),
          .to = std::move(to),
          .subject = "Your car is ready",
          .text = "Your car is ready.\n",
          .html = "<p>Your car is <b>ready</b>.</p>\n"};
}

std::string text_at(const json::Document& document, std::string_view name) {
  const auto member = document.root().find(name);
  return member && member->kind() == json::Kind::string ? std::string(member->as_string()) : "(none)";
}
std::string header_at(const json::Document& mail, std::string_view name) {
  const auto header = mail.root().find("headers")->find(name);
  return header ? std::string(header->as_string()) : "(none)";
}
bool is_true(const json::Document& document, std::string_view name) { return document.root().find(name)->as_bool(); }

// As Python wants it, and every mail server.
void expect_sound(const json::Document& mail) {
  for (auto defect = mail.root().find("defects")->first(); defect; defect = defect->next())
    ADD_FAILURE() << defect->as_string();
  EXPECT_LE(*mail.root().find("longest_line")->as_int64(), 78);
  EXPECT_EQ(mail.root().find("bare_breaks")->as_int64(), 0);
  EXPECT_TRUE(is_true(mail, "is_ascii"));
}

// One server for all: it takes a second to start.
class SmtpClient : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<MailServer>(MailServer::Encryption::required, MailServer::Auth::required);
  }
  static void TearDownTestSuite() { server_.reset(); }

  static Delivery send(const Mail& mail) { return Smtp(server_->options()).send(mail); }
  // The last that was stored, as Python reads it.
  static json::Document last() { return server_->mail(server_->stored()); }

  static inline std::unique_ptr<MailServer> server_;
};

TEST_F(SmtpClient, AMailArrivesEncryptedAndSignedIn) {
  SmtpOptions options = server_->options();
  options.from_name = "Autofilm \"Studio\" Pune";
  options.reply_to = "owner@autofilm.example.com";
  Mail mail = mail_to("aarav@example.com");
  mail.unsubscribe_url = "https://pitview.example.com/u/abc?d=e";
  const Delivery delivery = Smtp(options).send(mail);
  ASSERT_TRUE(delivery.is_accepted()) << delivery.reason << delivery.code;
  EXPECT_EQ(delivery.provider_id, "job-7-ready@autofilm.example.com");

  const auto envelope = server_->envelope(server_->stored());
  EXPECT_TRUE(is_true(envelope, "is_tls"));
  EXPECT_TRUE(is_true(envelope, "is_authenticated"));
  EXPECT_EQ(text_at(envelope, "mail_from"), "studio@autofilm.example.com");
  EXPECT_EQ(text_at(envelope, "host"), "autofilm.example.com");
  EXPECT_EQ(envelope.root().find("rcpt_tos")->first()->as_string(), "aarav@example.com");

  const auto read = last();
  expect_sound(read);
  EXPECT_EQ(text_at(read, "from"), "studio@autofilm.example.com");
  EXPECT_EQ(text_at(read, "from_name"), "Autofilm \"Studio\" Pune");
  EXPECT_EQ(read.root().find("to")->first()->as_string(), "aarav@example.com");
  EXPECT_EQ(text_at(read, "subject"), "Your car is ready");
  EXPECT_EQ(text_at(read, "date"), "2026-02-20T22:30:00+00:00");
  EXPECT_EQ(text_at(read, "content_type"), "multipart/alternative");
  EXPECT_EQ(text_at(read, "plain"), mail.text);
  EXPECT_EQ(text_at(read, "html"), mail.html);
  EXPECT_EQ(header_at(read, "Message-ID"), "<job-7-ready@autofilm.example.com>");
  EXPECT_EQ(header_at(read, "Reply-To"), "owner@autofilm.example.com");
  EXPECT_EQ(header_at(read, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(header_at(read, "List-Unsubscribe"), "<https://pitview.example.com/u/abc?d=e>");
}

TEST_F(SmtpClient, PlainAloneIsOnePart) {
  Mail mail = mail_to("aarav@example.com");
  mail.html.clear();
  ASSERT_TRUE(send(mail).is_accepted());
  const auto read = last();
  expect_sound(read);
  EXPECT_EQ(text_at(read, "content_type"), "text/plain");
  EXPECT_EQ(text_at(read, "plain"), mail.text);
  EXPECT_EQ(header_at(read, "List-Unsubscribe"), "(none)");
}

TEST_F(SmtpClient, EveryLetterArrivesAsItWas) {
  SmtpOptions options = server_->options();
  options.from_name = "ऑटोफिल्म स्टूडियो, पुणे — \"PPF\" & Ceramic";
  Mail mail = mail_to("o'neil+car@example.com");
  mail.subject = "आपकी गाड़ी तैयार है 🚗✨ — ₹1,500 बाकी है, और यह विषय जानबूझकर बहुत लंबा है ताकि एक पंक्ति काफी न हो";
  mail.text = "नमस्ते आरव,\n\nगाड़ी तैयार है 🚗 = \ttab and space at the end \n" + std::string(500, 'x') + "\n";
  mail.html = "<p style=\"color:#333\">नमस्ते &amp; 🚗</p>\n";
  const Delivery delivery = Smtp(options).send(mail);
  ASSERT_TRUE(delivery.is_accepted()) << delivery.reason;
  const auto read = last();
  expect_sound(read);
  EXPECT_EQ(text_at(read, "from_name"), options.from_name);
  EXPECT_EQ(text_at(read, "subject"), mail.subject);
  EXPECT_EQ(text_at(read, "plain"), mail.text);
  EXPECT_EQ(text_at(read, "html"), mail.html);
}

TEST_F(SmtpClient, ALineOfADotEndsNothing) {
  Mail mail = mail_to("aarav@example.com");
  mail.text = ".\n..\n.hidden\n\n.\nMAIL FROM:<a@b>\n" + std::string(75, 'a') + ".b\nFrom me to you\n";
  mail.html = ".";
  ASSERT_TRUE(send(mail).is_accepted());
  const auto read = last();
  EXPECT_EQ(text_at(read, "plain"), mail.text);
  EXPECT_EQ(text_at(read, "html"), ".\n");
  expect_sound(read);
}

TEST_F(SmtpClient, EveryLineEndBecomesOne) {
  Mail mail = mail_to("aarav@example.com");
  mail.text = "a\r\nb\nc\rd";
  mail.html.clear();
  ASSERT_TRUE(send(mail).is_accepted());
  EXPECT_EQ(text_at(last(), "plain"), "a\nb\nc\nd\n");
}

TEST_F(SmtpClient, AnAttachmentArrivesAsItWas) {
  Mail mail = mail_to("aarav@example.com");
  std::string pdf = "%PDF-1.7\n";
  for (int i = 0; i < 300'000; ++i) pdf += static_cast<char>(i * 31 / 7);
  for (const char* name : {"invoice-7.pdf", "चालान \"7\" — ऑटोफिल्म स्टूडियो पुणे.pdf"}) {
    mail.attachment = Attachment{.name = name, .bytes = pdf};
    ASSERT_TRUE(send(mail).is_accepted());
    const auto read = last();
    expect_sound(read);
    EXPECT_EQ(text_at(read, "content_type"), "multipart/mixed");
    EXPECT_EQ(text_at(read, "plain"), mail.text);
    EXPECT_EQ(text_at(read, "html"), mail.html);
    const auto attachments = read.root().find("attachments");
    ASSERT_EQ(attachments->size(), 1U);
    EXPECT_EQ(attachments->first()->find("name")->as_string(), name);
    EXPECT_EQ(attachments->first()->find("type")->as_string(), "application/pdf");
    EXPECT_EQ(attachments->first()->find("sha256")->as_string(), crypto::sha256_hex(pdf));
  }
}

TEST_F(SmtpClient, AnAttemptAgainIsTheSameMail) {
  const Mail mail = mail_to("aarav@example.com");
  ASSERT_TRUE(send(mail).is_accepted());
  ASSERT_TRUE(send(mail).is_accepted());
  EXPECT_EQ(server_->raw(server_->stored()), server_->raw(server_->stored() - 1));
}

TEST_F(SmtpClient, WhatTheServerAnswersDecides) {
  struct Case {
    const char* to;
    Outcome outcome;
    const char* code;
    bool is_invalid;
  };
  for (const Case& c : {Case{"rcpt-550-5.1.1@example.com", Outcome::refused, "550 5.1.1", true},
                        Case{"rcpt-550-Sorry@example.com", Outcome::refused, "550", true},
                        Case{"rcpt-550-5.7.1@example.com", Outcome::refused, "550 5.7.1", false},
                        Case{"rcpt-552-5.2.2@example.com", Outcome::refused, "552 5.2.2", false},
                        Case{"rcpt-451-4.7.1@example.com", Outcome::later, "451 4.7.1", false},
                        Case{"data-554-5.7.1@example.com", Outcome::refused, "554 5.7.1", false},
                        Case{"data-550-5.1.1@example.com", Outcome::refused, "550 5.1.1", false},
                        Case{"data-452-4.3.1@example.com", Outcome::later, "452 4.3.1", false}}) {
    const std::size_t before = server_->stored();
    const Delivery delivery = send(mail_to(c.to));
    EXPECT_EQ(delivery.outcome, c.outcome) << c.to << " " << delivery.reason;
    EXPECT_EQ(delivery.code, c.code);
    EXPECT_EQ(delivery.recipient_invalid, c.is_invalid) << c.to;
    EXPECT_FALSE(delivery.is_misconfigured) << c.to;
    EXPECT_FALSE(delivery.is_uncertain) << c.to;
    EXPECT_THAT(delivery.reason, Not(IsEmpty()));
    EXPECT_THAT(delivery.reason, Not(HasSubstr("@")));
    EXPECT_EQ(server_->stored(), before);
  }
}

TEST_F(SmtpClient, AfterARefusalTheNextOneGoes) {
  Smtp client(server_->options());
  EXPECT_FALSE(client.send(mail_to("rcpt-550-5.1.1@example.com")).is_accepted());
  EXPECT_TRUE(client.send(mail_to("aarav@example.com")).is_accepted());
  EXPECT_FALSE(client.send(mail_to("data-452-4.3.1@example.com")).is_accepted());
  EXPECT_TRUE(client.send(mail_to("aarav@example.com")).is_accepted());
}

TEST_F(SmtpClient, WhatIsNotAnsweredMayHaveArrived) {
  SmtpOptions options = server_->options();
  options.timeout = std::chrono::milliseconds(1'500);
  const Delivery delivery = Smtp(options).send(mail_to("hang@example.com"));
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.reason, "The mail server does not answer in time.");
  EXPECT_TRUE(delivery.is_uncertain);
}

TEST_F(SmtpClient, WrongCredentialsAreOurs) {
  SmtpOptions options = server_->options();
  options.password = "wrong-password";
  const Delivery wrong = Smtp(options).send(mail_to("aarav@example.com"));
  EXPECT_EQ(wrong.outcome, Outcome::refused);
  EXPECT_EQ(wrong.code, "535 5.7.8");
  EXPECT_TRUE(wrong.is_misconfigured);
  options.user.clear();
  options.password.clear();
  const Delivery none = Smtp(options).send(mail_to("aarav@example.com"));
  EXPECT_EQ(none.outcome, Outcome::refused);
  EXPECT_EQ(none.code, "530 5.7.0");
  EXPECT_TRUE(none.is_misconfigured);
}

TEST_F(SmtpClient, ACertificateThatNobodyVouchesForIsNotTrusted) {
  const std::size_t before = server_->stored();
  make_certificate(server_->folder(), "stranger", "IP:127.0.0.1");
  SmtpOptions options = server_->options();
  for (const std::string& ca :
       {std::string(), (server_->folder() / "stranger.pem").string(), (server_->folder() / "missing.pem").string()}) {
    options.ca_file = ca;
    const Delivery delivery = Smtp(options).send(mail_to("aarav@example.com"));
    EXPECT_EQ(delivery.outcome, Outcome::later) << ca;
    EXPECT_EQ(delivery.reason, "The mail server's certificate cannot be trusted.") << ca;
    EXPECT_TRUE(delivery.is_misconfigured) << ca;
  }
  EXPECT_EQ(server_->stored(), before);
}

TEST_F(SmtpClient, ACertificateIsOfTheNameThatIsAsked) {
  SmtpOptions options = server_->options();
  options.host = "localhost";  // it is for 127.0.0.1
  const Delivery delivery = Smtp(options).send(mail_to("aarav@example.com"));
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_TRUE(delivery.is_misconfigured) << delivery.reason;
}

TEST_F(SmtpClient, WhatCannotBeSentIsNotTried) {
  const std::size_t before = server_->stored();
  Smtp client(server_->options());
  std::vector<std::pair<std::string, Mail>> mails;
  const auto with = [&](const char* what, auto change) {
    Mail mail = mail_to("aarav@example.com");
    change(mail);
    mails.emplace_back(what, std::move(mail));
  };
  for (const char* to : {"", "aarav", "aarav@example.com\r\nRCPT TO:<other@example.com>", "a@b, c@d", "<a@b>", "आ@b"})
    with(to, [&](Mail& mail) { mail.to = to; });
  for (const char* line : {"a\r\nBcc: other@example.com", "a\nb", "a\rb", "", "\xff",
                           "a\xe2\x80\xa8"
                           "b",
                           "a\x1b[0m"}) {
    with(line, [&](Mail& mail) { mail.subject = line; });
    with(line, [&](Mail& mail) { mail.key = line; });
    with(line, [&](Mail& mail) { mail.attachment = Attachment{.name = line, .bytes = "a"}; });
    with(line, [&](Mail& mail) { mail.attachment = Attachment{.name = "a", .content_type = line, .bytes = "a"}; });
  }
  for (const char* url : {"https://a/\r\nBcc: b@c", "https://a/>b", "mailto:a@b", "https://a b"})
    with(url, [&](Mail& mail) { mail.unsubscribe_url = url; });
  with("subject", [](Mail& mail) { mail.subject = std::string(201, 'a'); });
  with("no text", [](Mail& mail) { mail.text.clear(); });
  with("NUL", [](Mail& mail) { mail.text = std::string("a\0b", 3); });
  with("no UTF-8", [](Mail& mail) { mail.html = "\xc3"; });
  with("10 MB", [](Mail& mail) { mail.text = std::string(10'000'000, 'a'); });
  with("10 MB of HTML", [](Mail& mail) { mail.html = std::string(10'000'000, 'a'); });
  with("10 MB attached",
       [](Mail& mail) { mail.attachment = Attachment{.name = "a", .bytes = std::string(10'000'000, 'a')}; });
  with("path", [](Mail& mail) { mail.attachment = Attachment{.name = "../a", .bytes = "a"}; });
  for (const auto& [what, mail] : mails) {
    const Delivery delivery = client.send(mail);
    EXPECT_EQ(delivery.outcome, Outcome::refused) << what;
    EXPECT_EQ(delivery.code, "") << what;
    EXPECT_THAT(delivery.reason, Not(IsEmpty())) << what;
    EXPECT_THAT(delivery.reason, Not(HasSubstr("@"))) << what;
  }
  EXPECT_EQ(server_->stored(), before);
}

TEST_F(SmtpClient, ManyThreadsAtOnce) {
  const std::size_t before = server_->stored();
  Smtp client(server_->options());
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 4; ++i) EXPECT_TRUE(client.send(mail_to("aarav@example.com")).is_accepted());
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server_->stored(), before + 24);
}

TEST_F(SmtpClient, SaysNeitherSecretsNorAddresses) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  std::string said;
  for (const char* to :
       {"rcpt-550-5.1.1@example.com", "rcpt-451-4.7.1@example.com", "data-554-5.7.1@example.com", "x"}) {
    const Delivery delivery = send(mail_to(to));
    said += delivery.reason + delivery.code;
  }
  SmtpOptions options = server_->options();
  options.password = "wrong-password";
  said += Smtp(options).send(mail_to("aarav@example.com")).reason;
  try {
    options.password = "hunter2\r\n";
    const Smtp none(options);
  } catch (const std::invalid_argument& e) {
    said += e.what();
  }
  said += testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();
  for (const char* secret :
       {kMailPassword, kMailUser, "wrong-password", "hunter2", "@example.com", "rcpt-", "127.0.0.1"})
    EXPECT_THAT(said, Not(HasSubstr(secret)));
}

TEST(SmtpTls, WhereItIsRequiredNothingIsSaidInTheClear) {
  MailServer server(MailServer::Encryption::none, MailServer::Auth::none);
  SmtpOptions options = server.options();
  options.tls = SmtpTls::starttls;
  const Delivery delivery = Smtp(options).send(mail_to("aarav@example.com"));
  EXPECT_EQ(delivery.outcome, Outcome::later);
  EXPECT_EQ(delivery.reason, "The mail server does not encrypt.");
  EXPECT_TRUE(delivery.is_misconfigured);
  EXPECT_EQ(server.stored(), 0U);

  options.tls = SmtpTls::none;
  EXPECT_TRUE(Smtp(options).send(mail_to("aarav@example.com")).is_accepted());
  options.tls = SmtpTls::if_offered;
  EXPECT_TRUE(Smtp(options).send(mail_to("aarav@example.com")).is_accepted());
  EXPECT_FALSE(is_true(server.envelope(2), "is_tls"));

  server.stop();
  const Delivery away = Smtp(options).send(mail_to("aarav@example.com"));
  EXPECT_EQ(away.outcome, Outcome::later);
  EXPECT_EQ(away.reason, "The mail server cannot be reached.");
  EXPECT_FALSE(away.is_uncertain);
}

TEST(SmtpTls, WhereItIsOfferedItIsTaken) {
  const MailServer server(MailServer::Encryption::offered, MailServer::Auth::none);
  SmtpOptions options = server.options();
  options.tls = SmtpTls::if_offered;
  ASSERT_TRUE(Smtp(options).send(mail_to("aarav@example.com")).is_accepted());
  EXPECT_TRUE(is_true(server.envelope(1), "is_tls"));
  options.ca_file.clear();  // and checked
  EXPECT_TRUE(Smtp(options).send(mail_to("aarav@example.com")).is_misconfigured);
}

TEST(SmtpTls, FromTheFirstByte) {
  const MailServer server(MailServer::Encryption::implicit, MailServer::Auth::required);
  ASSERT_TRUE(Smtp(server.options()).send(mail_to("aarav@example.com")).is_accepted());
  EXPECT_TRUE(is_true(server.envelope(1), "is_tls"));
  EXPECT_TRUE(is_true(server.envelope(1), "is_authenticated"));
}

// Here, because there is a server that speaks TLS; what it speaks in it is not HTTP.
TEST(TwilioTls, TheTokenGoesToNobodyUntrusted) {
  const MailServer server(MailServer::Encryption::implicit, MailServer::Auth::none);
  TwilioOptions options{.base_url = "https://127.0.0.1:" + std::to_string(server.options().port),
                        .account_sid = "AC00000000000000000000000000000001",
                        .auth_token = "token",
                        .sms_from = "+12025550123"};
  const Sms sms{.key = "m-1", .to = "+919876543210", .body = "a"};
  const Delivery stranger = Twilio(options).send(sms);
  EXPECT_EQ(stranger.outcome, Outcome::later);
  EXPECT_EQ(stranger.reason, "Twilio's certificate cannot be trusted.");
  EXPECT_TRUE(stranger.is_misconfigured);
  EXPECT_FALSE(stranger.is_uncertain);
  options.ca_file = server.options().ca_file;
  EXPECT_EQ(Twilio(options).send(sms).reason, "Twilio cannot be reached.");
}

TEST(SmtpSettings, ThatAreNoneAreNotTaken) {
  const SmtpOptions good{.host = "mail.example.com", .user = "a", .password = "b", .from = "a@example.com"};
  EXPECT_NO_THROW(Smtp{good});
  const auto expect_none = [&](const char* what, auto change) {
    SmtpOptions options = good;
    change(options);
    EXPECT_THROW(Smtp{options}, std::invalid_argument) << what;
  };
  using O = SmtpOptions;
  for (const char* host : {"", "mail.example.com/x", "user@mail.example.com", "mail\r\n", "mail example"})
    expect_none(host, [&](O& o) { o.host = host; });
  expect_none("port", [](O& o) { o.port = 0; });
  expect_none("from", [](O& o) { o.from = "a@b\r\nBcc: c@d"; });
  expect_none("from_name", [](O& o) { o.from_name = "a\r\nBcc: c@d"; });
  expect_none("reply_to", [](O& o) { o.reply_to = "Owner <a@b>"; });
  expect_none("user of two lines", [](O& o) { o.user = "a\r\nb"; });
  expect_none("user without a password", [](O& o) { o.password = ""; });
  expect_none("clear", [](O& o) { o.tls = SmtpTls::none; });
  expect_none("a password perhaps in the clear", [](O& o) { o.tls = SmtpTls::if_offered; });
}

}  // namespace
}  // namespace pitview::messaging
