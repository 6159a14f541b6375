#include "jobs/job_messages.h"

#include <gmock/gmock.h>

namespace pitview::jobs {
namespace {

using messages::MessageKind;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kNow{std::chrono::seconds(1'780'000'000)};

Job running(Timestamp end) {
  Job job{.job_id = JobId(7), .status = JobStatus::in_progress, .actual_start_time = kNow - hours(1)};
  job.estimated_end_time = end;
  return job;
}

std::vector<MessageKind> kinds(const JobMessages& said) {
  std::vector<MessageKind> all;
  for (const auto& message : said.put) all.push_back(message.kind);
  return all;
}

TEST(JobMessages, ANewPromiseIsToldAndTakesTheOldOnesBack) {
  const auto said = messages_of_change(running(kNow + hours(3)), running(kNow + hours(5)), false, kNow);
  EXPECT_THAT(said.take_back,
              ElementsAre(MessageKind::time_changed, MessageKind::time_left, MessageKind::running_late));
  EXPECT_THAT(kinds(said), ElementsAre(MessageKind::time_changed, MessageKind::time_left, MessageKind::running_late));
  EXPECT_EQ(said.put[1].due, kNow + hours(5) - minutes(30));
  EXPECT_EQ(said.put[2].due, kNow + hours(5) - minutes(10));
}

TEST(JobMessages, APromiseThatComesBackIsNewsAgain) {
  const auto first = messages_of_change(running(kNow + hours(3)), running(kNow + hours(5)), false, kNow);
  const auto again = messages_of_change(running(kNow + hours(3)), running(kNow + hours(5)), false, kNow + minutes(20));
  EXPECT_NE(first.put[0].key, again.put[0].key);
  EXPECT_EQ(first.put[1].key, again.put[1].key) << "thirty minutes before it once is enough";
}

TEST(JobMessages, WhatLiesTooNearIsNotPromised) {
  EXPECT_THAT(kinds(messages_of_change(running(kNow + hours(3)), running(kNow + minutes(20)), false, kNow)),
              ElementsAre(MessageKind::time_changed, MessageKind::running_late));
  EXPECT_THAT(kinds(messages_of_change(running(kNow + hours(3)), running(kNow + minutes(5)), false, kNow)),
              ElementsAre(MessageKind::time_changed));
}

TEST(JobMessages, AHoldTakesBackWhatCounts) {
  Job held = running(kNow + hours(3));
  held.status = JobStatus::on_hold;
  held.held_since = kNow;
  const auto said = messages_of_change(running(kNow + hours(3)), held, false, kNow);
  EXPECT_THAT(said.take_back, ElementsAre(MessageKind::time_left, MessageKind::running_late));
  EXPECT_THAT(said.put, IsEmpty());
}

TEST(JobMessages, TheEndTakesBackEverythingElse) {
  Job over = running(kNow + hours(3));
  over.status = JobStatus::cancelled;
  EXPECT_THAT(messages_of_change(running(kNow + hours(3)), over, true, kNow).put, IsEmpty());
  over.status = JobStatus::completed;
  EXPECT_THAT(kinds(messages_of_change(running(kNow + hours(3)), over, false, kNow)),
              ElementsAre(MessageKind::job_completed, MessageKind::rating_request));
  EXPECT_EQ(messages_of_change(running(kNow + hours(3)), over, true, kNow).put.size(), 6U);
}

TEST(JobMessages, AChangeThatIsNobodysBusinessSaysNothing) {
  Job after = running(kNow + hours(3));
  after.car_plate = "MH12AB1234";
  const auto said = messages_of_change(running(kNow + hours(3)), after, true, kNow);
  EXPECT_THAT(said.put, IsEmpty());
  EXPECT_THAT(said.take_back, IsEmpty());
}

}  // namespace
}  // namespace pitview::jobs
