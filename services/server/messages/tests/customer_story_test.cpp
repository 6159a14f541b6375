// What a customer is told from the booking to the after-care, in virtual time.
#include "customer_story.h"

#include <map>
#include <set>

namespace pitview::messages {
namespace {

using testing::ElementsAre;

// Without what is another one every time.
std::vector<std::string> without_secrets(std::vector<std::string> texts) {
  for (std::string& text : texts)
    for (const char* before : {"/t/", "password "})
      if (const std::size_t at = text.find(before); at != std::string::npos) {
        const std::size_t begin = at + std::strlen(before);
        text.replace(begin, std::min(text.find(' ', begin), text.size()) - begin, "*");
      }
  return texts;
}

TEST_F(CustomerStory, FromTheBookingToTheAfterCare) {
  database_.db().query("INSERT INTO message_settings (workshop_id, after_care) VALUES ($1, true)", workshop_);
  const JobId job = book();
  send();
  go_on(hours(1));  // 11:00
  set_status(job, jobs::JobStatus::in_progress);
  set_stage(job, 1);
  go_on(minutes(30));
  set_stage(job, 3);  // the wrong one
  clock_.advance(seconds(20));
  set_stage(job, 2);
  go_on(hours(2));
  set_end(job, kTen + hours(8), "The bonnet needs a second piece.");  // 18:00 instead of 17:00
  go_on(kTen + hours(7) + minutes(55) - clock_.now());
  set_end(job, kTen + hours(9) + minutes(30));
  go_on(minutes(35));
  set_stage(job, 3);
  go_on(kTen + hours(9) + minutes(25) - clock_.now());
  set_status(job, jobs::JobStatus::quality_check);
  go_on(minutes(15));
  set_status(job, jobs::JobStatus::completed);
  send();
  go_on(days(12), minutes(20));
  EXPECT_THAT(
      without_secrets(got()),
      ElementsAre(
          "00 10:00 Hello Ravi, Shine will look after your Harrier. Watch the work live: https://pit.example/t/* User "
          "ravi, password *",
          "00 11:01 Work on your Harrier has begun: Full body. It should be ready at 5:00 PM. https://pit.example/t/*",
          "00 11:32 Your Harrier: Film. We do: Film. https://pit.example/t/*",
          "00 13:32 There is a new time for your Harrier: it should be ready at 6:00 PM. The bonnet needs a second "
          "piece. https://pit.example/t/*",
          "00 17:30 About 30 minutes left: your Harrier should be ready at 6:00 PM. https://pit.example/t/*",
          "00 17:50 The work on your Harrier takes a little longer than 6:00 PM. We will tell you the new time. "
          "https://pit.example/t/*",
          "00 17:57 There is a new time for your Harrier: it should be ready at 7:30 PM. https://pit.example/t/*",
          "00 18:32 Your Harrier: Finish. We do: Finish. https://pit.example/t/*",
          "00 19:00 About 30 minutes left: your Harrier should be ready at 7:30 PM. https://pit.example/t/*",
          "00 19:40 Your Harrier is ready. You can collect it at Shine. https://pit.example/t/*",
          "01 08:00 How was it? Tell Shine what you think of the work on your Harrier: https://pit.example/t/*",
          "01 19:40 Your film is bonding. No wash for a week, please; small bubbles dry out by themselves. Shine",
          "07 19:40 A week with your film: you may wash it now, by hand, with a mild shampoo and no high pressure at "
          "the edges. Shine"));
  EXPECT_THAT(phone_.to, testing::Each("+919876543210"));
  // They want no more of it; the rest is dropped, and says why.
  database_.db().query(
      "INSERT INTO consents (workshop_id, customer_id, subject, given, text_version, recorded_by)"
      " SELECT $1, customer_id, 'messages', false, 1, customer_id FROM jobs WHERE id = $2",
      workshop_, job);
  go_on(days(30), hours(1));
  EXPECT_THAT(got(), testing::IsEmpty());
  const auto all = history(job);
  EXPECT_EQ(all[all.size() - 2], "after_care_14 dropped: They have not agreed to messages.");
  EXPECT_EQ(all[all.size() - 1], "after_care_30 dropped: They have not agreed to messages.");
  EXPECT_THAT(all, testing::Contains("running_late dropped: The last stage is under way."));
  EXPECT_THAT(all, testing::Not(testing::Contains(testing::HasSubstr("waiting"))));
}

TEST_F(CustomerStory, WhoHasNotAgreedHearsNothing) {
  const JobId job = book({});
  set_status(job, jobs::JobStatus::in_progress);
  go_on(hours(7));
  set_status(job, jobs::JobStatus::completed);
  go_on(days(2), hours(1));
  EXPECT_EQ(phone_.calls, 0);
  for (const std::string& line : history(job)) EXPECT_THAT(line, testing::HasSubstr("dropped"));
}

TEST_F(CustomerStory, NoMinutesAreCountedWhileItStandsStill) {
  const JobId job = book();
  set_status(job, jobs::JobStatus::in_progress);
  go_on(hours(4));
  got();
  set_status(job, jobs::JobStatus::on_hold);
  go_on(hours(4));
  EXPECT_THAT(got(), testing::IsEmpty());
  set_status(job, jobs::JobStatus::in_progress);
  go_on(minutes(5));
  EXPECT_THAT(without_secrets(got()), ElementsAre(testing::HasSubstr("it should be ready at 8:00 PM")));
  go_on(hours(2));
  EXPECT_THAT(got(), ElementsAre(testing::HasSubstr("About 30 minutes left"), testing::HasSubstr("a little longer")));
}

TEST_F(CustomerStory, WhatIsSecretIsNowhereAfterwards) {
  const JobId job = book();
  send();
  const std::string text = got().at(0);
  const std::string link = text.substr(text.find("/t/") + 3, 43);
  const std::string password = text.substr(text.rfind(' ') + 1);
  const std::string everything = database_.db()
                                     .query("SELECT string_agg(m::text, ' ') FROM messages m WHERE job_id = $1", job)[0]
                                     .get<std::string>(0);
  EXPECT_EQ(everything.find(link), std::string::npos);
  EXPECT_EQ(everything.find(password), std::string::npos);
  EXPECT_THAT(everything, testing::HasSubstr("password ••••"));
  EXPECT_EQ(
      database_.db().query("SELECT count(*) FROM messages WHERE secrets_sealed IS NOT NULL")[0].get<std::int64_t>(0),
      0);
}

TEST_F(CustomerStory, AFailureIsTriedAgainAndLetsNothingPast) {
  const Handed later{.outcome = Handed::Outcome::later, .reason = "The provider is busy.", .not_before = minutes(3)};
  phone_.answers = {later, later};
  const JobId job = book();
  set_status(job, jobs::JobStatus::in_progress);
  send();
  EXPECT_EQ(phone_.calls, 1);
  EXPECT_THAT(history(job), ElementsAre("credentials waiting: The provider is busy.", "job_started waiting",
                                        "time_left waiting", "running_late waiting"));
  go_on(minutes(10));
  EXPECT_THAT(got(), ElementsAre(testing::HasSubstr("10:06 Hello"), testing::HasSubstr("10:06 Work on")));
  EXPECT_EQ(phone_.calls, 4);
}

// A provider that is busy and broken for a while, and two servers that send at once.
TEST_F(CustomerStory, TenThousandComeThroughInTheOrderOfTheirJobs) {
  constexpr int kJobs = 1'000;
  const JobId job = book();
  database_.db().query("DELETE FROM messages");
  // Of a hundred workshops ten cars each, which have ten stages.
  for (int i = 0; i < 100; ++i) {
    const WorkshopId workshop = database_.add_workshop("workshop_9" + std::to_string(100 + i));
    const PitId pit = database_.add_pit(workshop, 1);
    const UserId customer = database_.add_user(workshop, "customer" + std::to_string(i), "customer");
    database_.db().query(
        "UPDATE users SET phone_sealed = o.phone_sealed, phone_lookup = o.phone_lookup FROM users o"
        " JOIN jobs j ON j.customer_id = o.id AND j.id = $2 WHERE users.id = $1",
        customer, job);
    database_.db().query(
        "INSERT INTO consent_texts (workshop_id, version, live_video, recording, messages)"
        " VALUES ($1, 1, 'I may watch.', 'It may be recorded.', 'I may be told.')",
        workshop);
    database_.db().query(
        "INSERT INTO consents (workshop_id, customer_id, subject, given, text_version, recorded_by)"
        " VALUES ($1, $2, 'messages', true, 1, $2)",
        workshop, customer);
    for (int j = 0; j < kJobs / 100; ++j) {
      const JobId other = database_.add_job(workshop, pit, customer);
      database_.db().query(
          "INSERT INTO messages (workshop_id, job_id, recipient_id, kind, key, is_urgent, due_at, created_at)"
          " SELECT $1, $2::bigint, $3, 'tracking_link', ($2::bigint)::text || ':' || n, n = 7, $4::timestamptz + "
          "make_interval(secs => "
          "n), $4"
          " FROM generate_series(1, 10) n",
          workshop, other, customer, clock_.now());
    }
  }
  MessageSender second(io().get_executor(), {messages_, phone_, clock_, kDataKey, "https://pit.example/t/"});
  const Handed busy{.outcome = Handed::Outcome::later, .reason = "429", .not_before = seconds(20)};
  const Handed broken{.outcome = Handed::Outcome::later, .reason = "503"};
  for (int i = 0; i < 1'500; ++i) phone_.answers.push_back(i % 2 == 0 ? busy : broken);
  clock_.advance(minutes(1));
  const Timestamp end = clock_.now() + hours(3);
  while (phone_.got.size() < 10 * kJobs && clock_.now() < end) {
    std::optional<std::size_t> both[2];
    std::size_t claimed = 0;
    do {
      for (auto& one : both) one.reset();
      asio::co_spawn(io(), keep(sender_.step(), both[0]), asio::detached);
      asio::co_spawn(io(), keep(second.step(), both[1]), asio::detached);
      io().restart();
      while (!both[0] || !both[1]) io().run_one_for(seconds(30));
      claimed = *both[0] + *both[1];
    } while (claimed > 0);
    clock_.advance(seconds(20));
  }
  EXPECT_EQ(phone_.got.size(), 10U * kJobs);
  const std::set<std::string> keys(phone_.keys.begin(), phone_.keys.end());
  EXPECT_EQ(keys.size(), phone_.keys.size()) << "none twice";
  const auto rows = database_.db().query("SELECT id, job_id, key FROM messages WHERE status = 'sent'");
  std::map<std::string, std::pair<std::int64_t, int>> by_key;  // job and place
  for (const postgres::Row& row : rows) {
    const auto key = row.get<std::string>("key");
    by_key["pitview-" + std::to_string(row.get<std::int64_t>("id"))] = {row.get<std::int64_t>("job_id"),
                                                                        std::stoi(key.substr(key.find(':') + 1))};
  }
  ASSERT_EQ(by_key.size(), 10U * kJobs);
  std::map<std::int64_t, int> last;
  for (const std::string& key : phone_.keys) {
    const auto [of_job, place] = by_key.at(key);
    ASSERT_EQ(place, ++last[of_job]) << "of job " << of_job;
  }
}

TEST_F(CustomerStory, WhatIsRefusedIsOverAndSaysWhy) {
  phone_.answers = {{.outcome = Handed::Outcome::refused, .reason = "The number does not exist."}};
  const JobId job = book();
  send();
  EXPECT_THAT(history(job), ElementsAre("credentials failed: The number does not exist."));
}

// A number that this server's key does not open: nothing can be noted of what throws.
TEST_F(CustomerStory, WhatCannotEvenBeTriedHoldsNothingUpForEver) {
  const JobId job = book();
  database_.db().query("UPDATE users SET phone_sealed = 'rubbish' WHERE phone_sealed IS NOT NULL");
  go_on(minutes(30));
  EXPECT_THAT(history(job), ElementsAre("credentials failed: It could not be sent."));
}

TEST_F(CustomerStory, WhatADeadServerHadIsSentAgainWithTheSameKey) {
  book();
  // It dies behind the provider's answer: nothing is noted.
  ASSERT_EQ(run(messages_.claim(clock_.now(), seconds(120), 10)).size(), 1U);
  go_on(minutes(1));
  EXPECT_EQ(phone_.calls, 0) << "for the lease it is that server's alone";
  go_on(minutes(2));
  EXPECT_THAT(got(), ElementsAre(testing::HasSubstr("10:02 Hello")));
}

TEST_F(CustomerStory, ADeadServerThatComesBackEndsNothing) {
  book();
  const auto claimed = run(messages_.claim(clock_.now(), seconds(120), 10));
  go_on(minutes(3));
  EXPECT_FALSE(run(messages_.end(claimed.at(0), clock_.now(), {.status = MessageStatus::failed})));
  EXPECT_EQ(got().size(), 1U);
}

}  // namespace
}  // namespace pitview::messages
