// WhatsApp first, SMS where it does not arrive, receipts in any order and people who write STOP, in virtual time; what
// Twilio posts is signed and read as it is in the server.
#include "customer_story.h"
#include "messages/message_costs.h"
#include "messages/twilio_webhooks.h"
#include "pitview/json/describe.h"
#include "pitview/messaging/twilio.h"

namespace pitview::messages {
namespace {

using messaging::Form;
using messaging::ReceiptStatus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kAccount = "AC00000000000000000000000000000001";
constexpr const char* kToken = "0123456789abcdef0123456789abcdef";
constexpr const char* kReceipts = "https://pit.example/api/twilio/receipts";
constexpr const char* kInbound = "https://pit.example/api/twilio/inbound";
constexpr const char* kPhone = "+919876543210";

class WhatsAppStory : public CustomerStory {
 protected:
  WhatsAppStory() { phone_.has_whatsapp = true; }

  static http::Request posted(const std::string& url, const Form& form, const std::string& token = kToken) {
    http::Request request;
    request.method = http::Method::post;
    const std::size_t question = url.find("?key=");
    if (question != std::string::npos) request.query.emplace_back("key", url.substr(question + 5));
    request.body = messaging::write_form(form);
    request.headers.emplace_back("X-Twilio-Signature", messaging::signature_of(token, url, form));
    return request;
  }
  static Form receipt_form(std::size_t number, const std::string& status, const std::string& code = "",
                           bool by_whatsapp = true) {
    Form form{{"AccountSid", kAccount},
              {"MessageSid", Phone::provider_id(number)},
              {"MessageStatus", status},
              {"To", std::string(by_whatsapp ? "whatsapp:" : "") + kPhone}};
    if (!code.empty()) form.emplace_back("ErrorCode", code);
    return form;
  }
  std::string url_of(std::size_t number) const {
    return messaging::status_callback_url(kReceipts, phone_.keys.at(number - 1));
  }
  // Of the message that the provider took as that one.
  void receipt(std::size_t number, const std::string& status, const std::string& code = "") {
    const Form form = receipt_form(number, status, code, phone_.ways.at(number - 1) == "whatsapp");
    EXPECT_TRUE(run(webhooks_.receipt(posted(url_of(number), form))));
  }
  bool writes(const std::string& body, int number, const std::string& from = kPhone) {
    const Form form{{"AccountSid", kAccount},
                    {"MessageSid", Phone::provider_id(static_cast<std::size_t>(number))},
                    {"From", from},
                    {"To", "+12025550123"},
                    {"Body", body}};
    return static_cast<bool>(run(webhooks_.inbound(posted(kInbound, form))));
  }
  std::string last_of(JobId job) { return history(job).back(); }
  std::int64_t count(const std::string& rows) {
    return database_.db().query("SELECT count(*) FROM " + rows)[0].get<std::int64_t>(0);
  }
  // A job whose booking is over, and whose work has begun.
  JobId running() {
    const JobId job = book();
    send();
    receipt(phone_.keys.size(), "delivered");
    set_status(job, jobs::JobStatus::in_progress);
    clock_.advance(seconds(1));
    send();
    return job;
  }

  TwilioWebhooks webhooks_{{messages_,
                            clock_,
                            kDataKey,
                            {.account_sid = kAccount,
                             .auth_token = kToken,
                             .status_callback = kReceipts,
                             .inbound_url = kInbound,
                             .whatsapp_patience = minutes(5)}}};
};

TEST_F(WhatsAppStory, WhatArrivesIsSaidOnce) {
  const JobId job = book();
  send();
  EXPECT_THAT(history(job),
              ElementsAre("credentials waiting: WhatsApp has it. An SMS follows unless it says that it arrived."));
  receipt(1, "sent");
  receipt(1, "delivered");
  EXPECT_THAT(history(job), ElementsAre("credentials delivered"));
  EXPECT_EQ(count("messages WHERE secrets_sealed IS NOT NULL"), 0);
  go_on(hours(2));
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp"));
  receipt(1, "read");
  EXPECT_THAT(history(job), ElementsAre("credentials delivered"));
}

TEST_F(WhatsAppStory, WhatDoesNotArriveFollowsBySmsWithItsSecrets) {
  const JobId job = book();
  send();
  receipt(1, "sent");
  go_on(seconds(59), seconds(1));
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp"));
  go_on(seconds(2), seconds(1));  // they stand at the desk: a minute, not five
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp", "sms"));
  EXPECT_EQ(phone_.keys[0], phone_.keys[1]);
  EXPECT_EQ(phone_.got[0].substr(9), phone_.got[1].substr(9)) << "the password too";
  EXPECT_EQ(count("messages WHERE secrets_sealed IS NOT NULL"), 0);
  EXPECT_THAT(history(job), ElementsAre("credentials sent"));
  receipt(2, "delivered");
  EXPECT_THAT(history(job), ElementsAre("credentials delivered"));
  go_on(hours(1));
  EXPECT_EQ(phone_.calls, 2);
}

TEST_F(WhatsAppStory, WhatWhatsAppDoesNotDeliverGoesBySmsAtOnce) {
  const JobId job = running();
  ASSERT_EQ(phone_.ways.size(), 2U);
  receipt(2, "undelivered", "63024");
  EXPECT_THAT(last_of(job), HasSubstr("running_late"));
  EXPECT_THAT(history(job)[1], "job_started waiting: There is no such recipient on WhatsApp.");
  send();
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp", "whatsapp", "sms"));
  receipt(2, "failed", "63024");
  EXPECT_EQ(history(job)[1], "job_started sent") << "the SMS is what counts";
  receipt(3, "undelivered", "30005");
  EXPECT_EQ(history(job)[1], "job_started failed: The number is not in service.");
  receipt(2, "delivered");
  EXPECT_EQ(history(job)[1], "job_started delivered") << "a delivery overtakes a failure";
}

TEST_F(WhatsAppStory, TheNextOfAJobIsNotHeldUp) {
  const JobId job = running();
  set_stage(job, 2);
  go_on(minutes(2));
  EXPECT_THAT(got(), ElementsAre(HasSubstr("Hello"), HasSubstr("has begun"), HasSubstr("Film")));
  EXPECT_THAT(phone_.ways, testing::Each("whatsapp"));
}

TEST_F(WhatsAppStory, NoSmsFollowsWhatWasOvertaken) {
  const JobId job = running();
  set_stage(job, 2);
  go_on(minutes(2));
  receipt(2, "delivered");
  ASSERT_EQ(phone_.ways.size(), 3U);
  set_status(job, jobs::JobStatus::on_hold);
  go_on(hours(1));
  EXPECT_THAT(phone_.ways, testing::Each("whatsapp"));
  EXPECT_THAT(history(job), testing::Contains("stage_begun sent: No SMS followed. The work does not go on."));
}

TEST_F(WhatsAppStory, NoSmsFollowsWhatTheNextStageTakesBack) {
  const JobId job = running();
  set_stage(job, 2);
  go_on(minutes(2));
  receipt(2, "delivered");
  set_stage(job, 3);
  EXPECT_THAT(history(job), testing::Contains("stage_begun sent: No SMS followed: it was overtaken."));
  go_on(minutes(2));
  receipt(4, "delivered");
  go_on(minutes(20));
  EXPECT_THAT(phone_.ways, testing::Each("whatsapp"));
  receipt(3, "delivered");
  EXPECT_THAT(history(job), testing::Contains("stage_begun delivered").Times(2));
}

// The patience is a row: it outlives a server, and of two that look only one sends.
TEST_F(WhatsAppStory, AnyServerSendsTheSmsAndOnlyOne) {
  book();
  send();
  clock_.advance(minutes(2));
  MessageSender other(io().get_executor(), {messages_, phone_, clock_, kDataKey, "https://pit.example/t/"});
  std::optional<std::size_t> both[2];
  asio::co_spawn(io(), keep(sender_.step(), both[0]), asio::detached);
  asio::co_spawn(io(), keep(other.step(), both[1]), asio::detached);
  io().restart();
  while (!both[0] || !both[1]) io().run_one_for(seconds(30));
  EXPECT_EQ(*both[0] + *both[1], 1U);
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp", "sms"));
}

TEST_F(WhatsAppStory, ReceiptsComeInAnyOrderAndAgain) {
  for (const char* a : {"queued", "sent", "undelivered", "failed", "delivered", "read"})
    for (const char* b : {"queued", "sent", "undelivered", "failed", "delivered", "read"}) {
      const bool is_news =
          messaging::supersedes(*json::enum_from_name<ReceiptStatus>(a), *json::enum_from_name<ReceiptStatus>(b));
      EXPECT_EQ(
          database_.db()
              .query("SELECT platform.receipt_rank($1) > platform.receipt_rank($2)", std::string(a), std::string(b))[0]
              .get<bool>(0),
          is_news)
          << a << " after " << b;
    }
  phone_.has_whatsapp = false;
  const JobId job = book();
  send();
  receipt(1, "delivered");
  receipt(1, "sent");
  receipt(1, "undelivered", "30003");
  receipt(1, "delivered");
  EXPECT_THAT(history(job), ElementsAre("credentials delivered"));
}

// The receipt overtakes the provider's answer.
TEST_F(WhatsAppStory, AReceiptMayBeHereBeforeTheAnswer) {
  const JobId job = book();
  auto claimed = run(messages_.claim(clock_.now(), seconds(120), 10)).at(0);
  phone_.keys = {"pitview-" + std::to_string(claimed.id.value)};
  phone_.ways = {"whatsapp"};
  receipt(1, "delivered");
  Awaited awaited{.fallback_at = clock_.now() + minutes(5),
                  .whatsapp_id = Phone::provider_id(1),
                  .text = "Hello",
                  .cost_paise = 12};
  EXPECT_TRUE(run(messages_.await_receipt(claimed, clock_.now(), awaited)));
  EXPECT_THAT(history(job), ElementsAre("credentials delivered"));
  EXPECT_EQ(run(messages_.of_job(workshop_, job, {}, 1)).at(0).text, "Hello");
  go_on(hours(1));
  EXPECT_EQ(phone_.calls, 0);
}

// The receipt is being written while the answer is noted, which waits for it.
TEST_F(WhatsAppStory, AReceiptMayComeWithTheAnswer) {
  for (const bool by_whatsapp : {false, true}) {
    const JobId job = book();
    const auto claimed = run(messages_.claim(clock_.now(), seconds(120), 10)).at(0);
    database_.db().run_script("BEGIN");
    database_.db().query("SELECT FROM platform.note_receipt($1, $2, 'SM1', 'delivered', NULL, $3, $3)", claimed.id,
                         by_whatsapp, clock_.now());
    std::optional<bool> noted;
    if (by_whatsapp)
      asio::co_spawn(
          io(),
          keep(messages_.await_receipt(
                   claimed, clock_.now(),
                   {.fallback_at = clock_.now() + minutes(5), .whatsapp_id = "SM1", .text = "Hello", .cost_paise = 12}),
               noted),
          asio::detached);
    else
      asio::co_spawn(io(),
                     keep(messages_.end(claimed, clock_.now(),
                                        {.status = MessageStatus::sent,
                                         .channel = "sms",
                                         .provider_id = "SM1",
                                         .text = "Hello",
                                         .segments = 2,
                                         .cost_paise = 50}),
                          noted),
                     asio::detached);
    io().restart();
    while (count("pg_locks WHERE NOT granted") == 0) io().run_one_for(std::chrono::milliseconds(20));
    database_.db().run_script("COMMIT");
    while (!noted) io().run_one_for(seconds(30));
    EXPECT_TRUE(*noted);
    const Message message = run(messages_.of_job(workshop_, job, {}, 1)).at(0);
    EXPECT_EQ(message.status, "delivered");
    EXPECT_EQ(message.text, "Hello");
    EXPECT_EQ(message.sms_segments, by_whatsapp ? 0 : 2);
    EXPECT_EQ(message.cost_paise, by_whatsapp ? 12 : 50);
    set_status(job, jobs::JobStatus::cancelled);
    database_.db().query("DELETE FROM messages");
  }
}

TEST_F(WhatsAppStory, AFailureThatIsHereBeforeTheAnswerMakesTheSmsDue) {
  book();
  auto claimed = run(messages_.claim(clock_.now(), seconds(120), 10)).at(0);
  phone_.keys = {"pitview-" + std::to_string(claimed.id.value)};
  phone_.ways = {"whatsapp"};
  receipt(1, "failed", "63024");
  send();
  EXPECT_EQ(phone_.calls, 0) << "who sends it still has it";
  EXPECT_TRUE(run(messages_.await_receipt(
      claimed, clock_.now(), {.fallback_at = clock_.now() + minutes(5), .whatsapp_id = Phone::provider_id(1)})));
  send();
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp", "sms"));
}

TEST_F(WhatsAppStory, WithoutAnotherWayItIsSentAndReceiptsStillCount) {
  const JobId job = book();
  const auto claimed = run(messages_.claim(clock_.now(), seconds(120), 10)).at(0);
  phone_.keys = {"pitview-" + std::to_string(claimed.id.value)};
  phone_.ways = {"whatsapp"};
  EXPECT_TRUE(run(messages_.await_receipt(claimed, clock_.now(),
                                          {.fallback_at = {}, .whatsapp_id = Phone::provider_id(1), .text = "Hello"})));
  EXPECT_THAT(history(job), ElementsAre("credentials sent"));
  EXPECT_EQ(count("messages WHERE secrets_sealed IS NOT NULL"), 0);
  receipt(1, "undelivered", "63024");
  EXPECT_THAT(history(job), ElementsAre("credentials failed: There is no such recipient on WhatsApp."));
  go_on(hours(1));
  EXPECT_EQ(phone_.calls, 0);
}

// The provider has it, and the server died before it knew.
TEST_F(WhatsAppStory, WhatWasTakenWithoutAnAnswerIsNotSentAgainOnceAReceiptSaysSo) {
  phone_.has_whatsapp = false;
  const JobId job = book();
  const auto claimed = run(messages_.claim(clock_.now(), seconds(120), 10)).at(0);
  phone_.keys = {"pitview-" + std::to_string(claimed.id.value)};
  phone_.ways = {"sms"};
  receipt(1, "sent");
  EXPECT_THAT(history(job), ElementsAre("credentials sent"));
  go_on(hours(1));
  EXPECT_EQ(phone_.calls, 0);
  receipt(1, "delivered");
  EXPECT_THAT(history(job), ElementsAre("credentials delivered"));
}

TEST_F(WhatsAppStory, WhatIsNotTwiliosIsRefusedAndWhatIsOfNoMessageIsNothing) {
  const JobId job = book();
  send();
  const std::string before = last_of(job);
  const std::string url = url_of(1);
  const Form good = receipt_form(1, "delivered");
  const auto refused = [&](const http::Request& request) {
    const auto answer = run(webhooks_.receipt(request));
    return !answer && answer.error().code == Errc::forbidden;
  };
  EXPECT_TRUE(refused(posted(url, good, "another token")));
  http::Request unsigned_one = posted(url, good);
  unsigned_one.headers.clear();
  EXPECT_TRUE(refused(unsigned_one));
  http::Request changed = posted(url, receipt_form(1, "sent"));
  changed.body = messaging::write_form(good);
  EXPECT_TRUE(refused(changed)) << "another status under the same signature";
  http::Request of_another = posted(url, good);
  of_another.query = {{"key", "pitview-999"}};
  EXPECT_TRUE(refused(of_another)) << "the signature is of the address too";
  http::Request twice = posted(url, good);
  twice.query.emplace_back("key", "pitview-999");
  EXPECT_TRUE(refused(twice));
  Form other_account = good;
  other_account[0].second = "AC00000000000000000000000000000002";
  EXPECT_TRUE(refused(posted(url, other_account)));
  Form large = good;
  large.emplace_back("More", std::string(TwilioWebhooks::kMaxBody, 'x'));
  EXPECT_TRUE(refused(posted(url, large)));
  EXPECT_TRUE(refused(posted(kInbound, good))) << "what is signed for one address is no good at another";
  TwilioWebhooks off({messages_, clock_, kDataKey, {}});
  EXPECT_FALSE(run(off.receipt(posted("", good, ""))));
  EXPECT_FALSE(run(off.inbound(posted("", good, ""))));
  EXPECT_EQ(last_of(job), before);

  for (const char* key :
       {"pitview-999999", "pitview-", "pitview-1x", "pitview--1", "pitview-99999999999999999999", "other-1", ""})
    EXPECT_TRUE(run(webhooks_.receipt(posted(messaging::status_callback_url(kReceipts, key), good)))) << key;
  EXPECT_TRUE(run(webhooks_.receipt(posted(url, receipt_form(7, "delivered"))))) << "of another message of Twilio's";
  EXPECT_TRUE(run(webhooks_.receipt(posted(url, receipt_form(1, "nonsense")))));
  EXPECT_EQ(count("messages WHERE whatsapp_receipt IS DISTINCT FROM 'queued' OR status <> 'waiting'"), 0)
      << "nothing of it was believed";
}

TEST_F(WhatsAppStory, AReceiptOfWhatWasNeverTriedIsNone) {
  const JobId job = running();
  const std::string id =
      std::to_string(database_.db()
                         .query("SELECT id FROM messages WHERE job_id = $1 AND kind = 'time_left'", job)[0]
                         .get<std::int64_t>(0));
  EXPECT_TRUE(run(webhooks_.receipt(
      posted(messaging::status_callback_url(kReceipts, "pitview-" + id), receipt_form(9, "delivered")))));
  EXPECT_THAT(history(job), testing::Contains("time_left waiting"));
}

TEST_F(WhatsAppStory, StopEndsItInEveryWorkshopAndStartGivesBackWhatStopEnded) {
  const JobId job = running();
  go_on(minutes(1));
  receipt(2, "delivered");
  // The same person in two other workshops: in one they have withdrawn it on the page themselves.
  std::vector<WorkshopId> others;
  for (const char* code : {"workshop_002", "workshop_003"}) {
    const WorkshopId other = database_.add_workshop(code);
    others.push_back(other);
    const UserId customer = database_.add_user(other, std::string("ravi_of_") + code, "customer");
    database_.db().query(
        "UPDATE users SET phone_sealed = o.phone_sealed, phone_lookup = o.phone_lookup FROM users o"
        " JOIN jobs j ON j.customer_id = o.id AND j.id = $2 WHERE users.id = $1",
        customer, job);
    database_.db().query(
        "INSERT INTO consent_texts (workshop_id, version, live_video, recording, messages)"
        " VALUES ($1, 1, 'I may watch.', 'It may be recorded.', 'I may be told.')",
        other);
    for (const bool given : others.size() == 1 ? std::vector{true} : std::vector{true, false})
      database_.db().query(
          "INSERT INTO consents (workshop_id, customer_id, subject, given, text_version, recorded_by)"
          " VALUES ($1, $2, 'messages', $3, 1, $2)",
          other, customer, given);
  }
  const auto agreed = [&](WorkshopId workshop) {
    return database_.db()
        .query("SELECT given FROM consents WHERE workshop_id = $1 AND subject = 'messages' ORDER BY id DESC LIMIT 1",
               workshop)[0]
        .get<bool>(0);
  };
  EXPECT_TRUE(writes("START", 100)) << "before any STOP it gives nothing";
  EXPECT_FALSE(agreed(others[1]));
  EXPECT_TRUE(writes("please stop calling", 101));
  EXPECT_TRUE(writes("STOP", 102, "+919876543211")) << "somebody else's";
  EXPECT_TRUE(agreed(workshop_));

  EXPECT_TRUE(writes(" stop ", 103, std::string("whatsapp:") + kPhone));
  EXPECT_FALSE(agreed(workshop_));
  EXPECT_FALSE(agreed(others[0]));
  EXPECT_EQ(count("audit_log WHERE action = 'consent.stop'"), 2);
  set_stage(job, 2);
  go_on(hours(1));
  EXPECT_EQ(phone_.calls, 2);
  EXPECT_THAT(history(job), testing::Contains("stage_begun dropped: They have not agreed to messages."));

  EXPECT_TRUE(writes("START", 100)) << "the same message again";
  EXPECT_FALSE(agreed(workshop_));
  EXPECT_TRUE(writes("HELP", 104));
  EXPECT_TRUE(writes("START", 105));
  EXPECT_TRUE(agreed(workshop_));
  EXPECT_TRUE(agreed(others[0]));
  EXPECT_FALSE(agreed(others[1])) << "what they withdrew themselves stays withdrawn";
  EXPECT_EQ(count("audit_log WHERE action = 'consent.start'"), 2);
  EXPECT_TRUE(writes("STOP", 103)) << "a replay silences nobody";
  EXPECT_TRUE(agreed(workshop_));
  EXPECT_EQ(count("platform.keywords_taken"), 4) << "of what is neither, not even the name is kept";

  const Form forged{
      {"AccountSid", kAccount}, {"MessageSid", Phone::provider_id(200)}, {"From", kPhone}, {"Body", "STOP"}};
  EXPECT_FALSE(run(webhooks_.inbound(posted(kInbound, forged, "another token"))));
  EXPECT_TRUE(agreed(workshop_));
}

TEST_F(WhatsAppStory, WhoTheProviderSaysWantsNoneGetsNone) {
  phone_.answers = {
      {.outcome = Handed::Outcome::refused, .reason = "The recipient wants no messages.", .opted_out = true}};
  const JobId job = book();
  set_status(job, jobs::JobStatus::in_progress);
  send();
  go_on(hours(1));
  EXPECT_EQ(phone_.calls, 1);
  EXPECT_THAT(history(job), testing::IsSupersetOf({"credentials failed: The recipient wants no messages.",
                                                   "job_started dropped: They have not agreed to messages."}));
  EXPECT_TRUE(writes("START", 1));
  set_stage(job, 2);
  go_on(minutes(2));
  EXPECT_EQ(phone_.calls, 2);
}

TEST_F(WhatsAppStory, WhoHasBlockedUsOnWhatsAppGetsNoSmsInstead) {
  const JobId job = book();
  send();
  receipt(1, "undelivered", "63033");
  go_on(hours(1));
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp"));
  EXPECT_THAT(history(job), ElementsAre("credentials dropped: They have not agreed to messages."));
}

TEST_F(WhatsAppStory, WhatItCostsIsCountedInTheWorkshopsMonth) {
  running();           // by WhatsApp, twice
  go_on(minutes(20));  // and the second by SMS too
  const MessageCosts march = run(costs_of_month(database_pools_, workshop_, "2026-03"));
  EXPECT_EQ(march.whatsapp, 2);
  EXPECT_EQ(march.sms, 1);
  EXPECT_EQ(march.sms_segments, 2);
  EXPECT_EQ(march.email, 0);
  EXPECT_EQ(march.cost_paise, 2 * 12 + 2 * 25);
  EXPECT_EQ(run(costs_of_month(database_pools_, workshop_, "2026-02")).whatsapp, 0);
  const WorkshopId other = database_.add_workshop("workshop_002");
  EXPECT_EQ(run(costs_of_month(database_pools_, other, "2026-03")).whatsapp, 0);
  // The month is the workshop's: 00:30 of the first of March there is still February in UTC.
  database_.db().query("UPDATE messages SET taken_at = '2026-02-28T19:00:00Z' WHERE taken_at IS NOT NULL");
  EXPECT_EQ(run(costs_of_month(database_pools_, workshop_, "2026-03")).whatsapp, 2);
  for (const char* month : {"2026-13", "2026-00", "2026-1", "26-01", "2026-011", "2026/01", "abcd-ef", ""})
    EXPECT_FALSE(is_month(month)) << month;
}

// The cap is of messages, and the SMS after WhatsApp is none.
TEST_F(WhatsAppStory, TheCapOfADayCountsEachOnce) {
  database_.db().query("INSERT INTO message_settings (workshop_id, daily_cap) VALUES ($1, 2)", workshop_);
  const JobId job = running();
  set_stage(job, 2);
  go_on(minutes(10));
  EXPECT_THAT(phone_.ways, ElementsAre("whatsapp", "whatsapp", "sms"));
  EXPECT_THAT(history(job),
              testing::Contains("stage_begun dropped: The workshop has sent as many messages today as it may."));
}

}  // namespace
}  // namespace pitview::messages
