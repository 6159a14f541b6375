#include "pitview/live/hub.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace pitview::live {
namespace {

constexpr WorkshopId kShine{1};
constexpr WorkshopId kOther{2};

class HubTest : public ::testing::Test {
 protected:
  // Runs what has been posted to every thread's context.
  void settle() {
    for (std::size_t i = 0; i < runtime_.size(); ++i) {
      runtime_.context(i).restart();
      runtime_.context(i).poll();
    }
  }

  Hub::Subscriber note_into(std::vector<std::string>& frames) {
    return [&frames](const Delivery& delivery) { frames.push_back(*delivery.frame); };
  }

  Runtime runtime_{2};
  ManualClock clock_{*parse_iso8601("2026-02-20T22:30:00Z")};
  Hub hub_{runtime_, clock_};
};

TEST_F(HubTest, AnEventReachesItsWorkshopOnEveryThreadAndNoOther) {
  std::vector<std::string> first, second, foreign;
  const Subscription a = hub_.subscribe(0, kShine, note_into(first));
  const Subscription b = hub_.subscribe(1, kShine, note_into(second));
  const Subscription c = hub_.subscribe(1, kOther, note_into(foreign));
  hub_.publish({"sensor_update", kShine, PitId{3}, JobId{}, SessionId{}, "{\"pit_id\":3}"});
  settle();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0],
            "{\"event\":\"sensor_update\",\"data\":{\"pit_id\":3},\"seq\":1,\"ts\":\"2026-02-20T22:30:00.000Z\"}");
  EXPECT_EQ(second, first);
  EXPECT_TRUE(foreign.empty());
}

TEST_F(HubTest, EverySubscriberSharesTheSameBytes) {
  const std::string* one = nullptr;
  const std::string* two = nullptr;
  const Subscription a = hub_.subscribe(0, kShine, [&](const Delivery& d) { one = d.frame.get(); });
  const Subscription b = hub_.subscribe(0, kShine, [&](const Delivery& d) { two = d.frame.get(); });
  hub_.publish({"job_status", kShine, {}, {}, {}, "{}"});
  settle();
  EXPECT_NE(one, nullptr);
  EXPECT_EQ(one, two);
}

TEST_F(HubTest, AnEndedSubscriptionIsNotCalledEvenForWhatWasUnderWay) {
  std::vector<std::string> frames;
  {
    const Subscription a = hub_.subscribe(0, kShine, note_into(frames));
    hub_.publish({"sensor_update", kShine, {}, {}, {}, "{}"});
  }
  settle();
  EXPECT_TRUE(frames.empty());
  EXPECT_EQ(hub_.subscribers(), 0U);
}

TEST_F(HubTest, OrderIsKeptAndSequenceNumbersRise) {
  std::vector<std::uint64_t> seen;
  const Subscription a = hub_.subscribe(0, kShine, [&](const Delivery& d) { seen.push_back(d.seq); });
  for (int i = 0; i < 5; ++i) hub_.publish({"sensor_update", kShine, {}, {}, {}, "{}"});
  settle();
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
}

Event reading_of(PitId pit, int number) {
  return {.name = "sensor_update",
          .workshop = kShine,
          .pit = pit,
          .job = {},
          .session = {},
          .data = std::to_string(number),
          .device = DeviceKey{pit.value}};
}

TEST_F(HubTest, AThreadThatKeepsUpGetsEveryReading) {
  std::vector<std::string> frames;
  const Subscription a = hub_.subscribe(0, kShine, note_into(frames));
  for (std::size_t i = 0; i < Hub::kKeepsUp; ++i) hub_.publish(reading_of(PitId{1}, 1));
  settle();
  EXPECT_EQ(frames.size(), Hub::kKeepsUp);
  EXPECT_EQ(hub_.superseded(), 0U);
}

TEST_F(HubTest, AThreadFarBehindGetsTheLatestReadingOfEachPitAndEveryJob) {
  std::vector<std::uint64_t> seqs;
  std::vector<std::string> frames;
  const Subscription a = hub_.subscribe(0, kShine, [&](const Delivery& delivery) {
    seqs.push_back(delivery.seq);
    frames.push_back(*delivery.frame);
  });
  constexpr std::size_t kJobs = 10;
  for (std::size_t i = 0; i < Hub::kKeepsUp; ++i) hub_.publish(reading_of(PitId{1}, 0));
  for (std::size_t i = 0; i < kJobs; ++i) hub_.publish({"job_status", kShine, PitId{1}, JobId{7}, {}, "{}"});
  for (int i = 1; i <= 100'000; ++i) hub_.publish(reading_of(PitId{1 + i % 3}, i));
  settle();
  EXPECT_EQ(frames.size(), Hub::kKeepsUp + kJobs + 3);
  EXPECT_EQ(hub_.superseded(), 100'000U - 3U);
  EXPECT_THAT(frames.back(), ::testing::HasSubstr("\"data\":100000"));
  EXPECT_TRUE(std::is_sorted(seqs.begin(), seqs.end()));
}

TEST_F(HubTest, TheRelayHearsWhatIsPublishedHereAndNotWhatOthersPublished) {
  std::vector<std::string> relayed, frames;
  hub_.set_relay([&](const Event& event) { relayed.push_back(event.data); });
  const Subscription a = hub_.subscribe(0, kShine, note_into(frames));
  hub_.publish(reading_of(PitId{1}, 1));
  hub_.publish_relayed(reading_of(PitId{1}, 2));
  settle();
  EXPECT_EQ(relayed, std::vector<std::string>{"1"});
  EXPECT_EQ(frames.size(), 2U);
}

TEST_F(HubTest, ASubscriberGetsNothingThatWasPublishedBeforeItCame) {
  std::vector<std::string> first, second;
  const Subscription a = hub_.subscribe(0, kShine, note_into(first));
  hub_.publish(reading_of(PitId{1}, 1));
  const Subscription b = hub_.subscribe(0, kShine, note_into(second));
  hub_.publish(reading_of(PitId{1}, 2));
  settle();
  EXPECT_EQ(first.size(), 2U);
  EXPECT_EQ(second.size(), 1U);
  EXPECT_EQ(a.since(), 0U);
  EXPECT_EQ(b.since(), 1U);
}

TEST_F(HubTest, NumbersAreTheWorkshopsOwn) {
  const Subscription a = hub_.subscribe(0, kShine, [](const Delivery&) {});
  for (int i = 0; i < 3; ++i) hub_.publish(reading_of(PitId{1}, i));
  hub_.publish({"job_status", kOther, {}, {}, {}, "{}"});
  EXPECT_EQ(hub_.since(kShine, 0).last, 3U);
  EXPECT_EQ(hub_.since(kOther, 1).last, 1U);
}

class HubResume : public HubTest {
 protected:
  static std::vector<std::uint64_t> seqs(const Missed& missed) {
    std::vector<std::uint64_t> numbers;
    for (const Delivery& delivery : missed.deliveries) numbers.push_back(delivery.seq);
    return numbers;
  }
  void watch_and_leave() {
    const Subscription gone = hub_.subscribe(0, kShine, [](const Delivery&) {});
  }
  void publish_job() { hub_.publish({"job_status", kShine, PitId{1}, JobId{7}, {}, "{}"}); }
};

TEST_F(HubResume, WhoWasAwayGetsEveryEventAndTheLatestReadingOfEachPit) {
  watch_and_leave();
  publish_job();                          // 1: seen
  hub_.publish(reading_of(PitId{1}, 2));  // 2: a newer one follows
  publish_job();                          // 3
  hub_.publish(reading_of(PitId{2}, 4));  // 4
  hub_.publish(reading_of(PitId{1}, 5));  // 5
  const Missed missed = hub_.since(kShine, 1);
  EXPECT_EQ(missed.outcome, Missed::Outcome::complete);
  EXPECT_EQ(missed.last, 5U);
  EXPECT_EQ(seqs(missed), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_TRUE(hub_.since(kShine, 5).deliveries.empty());
  EXPECT_EQ(hub_.since(kShine, 5).outcome, Missed::Outcome::complete);
}

TEST_F(HubResume, ANumberThatIsNoneOfOursIsUnknown) {
  EXPECT_EQ(hub_.since(kShine, 1).outcome, Missed::Outcome::unknown);
  watch_and_leave();
  publish_job();
  EXPECT_EQ(hub_.since(kShine, 2).outcome, Missed::Outcome::unknown);
  Hub second(runtime_, clock_, 5);
  const Subscription a = second.subscribe(0, kShine, [](const Delivery&) {});
  EXPECT_EQ(a.since(), std::uint64_t{5} << 32U);
  EXPECT_EQ(second.since(kShine, 1).outcome, Missed::Outcome::unknown);
  EXPECT_EQ(second.since(kShine, std::uint64_t{6} << 32U).outcome, Missed::Outcome::unknown);
  EXPECT_EQ(second.since(kShine, a.since()).outcome, Missed::Outcome::complete);
}

TEST_F(HubResume, TooManyEventsOrTooLongAgoIsSaid) {
  watch_and_leave();
  for (std::size_t i = 0; i < Hub::kKeep + 1; ++i) publish_job();
  EXPECT_EQ(hub_.since(kShine, 0).outcome, Missed::Outcome::too_old);
  EXPECT_EQ(hub_.since(kShine, 1).deliveries.size(), Hub::kKeep);
  for (int i = 0; i < 10'000; ++i) hub_.publish(reading_of(PitId{1}, i));
  EXPECT_EQ(hub_.since(kShine, 1).deliveries.size(), Hub::kKeep + 1) << "readings take nobody's place";

  const Subscription watching = hub_.subscribe(0, kShine, [](const Delivery&) {});
  clock_.advance(Hub::kKeepFor + std::chrono::seconds(1));
  publish_job();
  EXPECT_EQ(hub_.since(kShine, Hub::kKeep).outcome, Missed::Outcome::too_old);
  EXPECT_EQ(hub_.since(kShine, watching.since()).deliveries.size(), 1U);
}

TEST_F(HubResume, NothingIsKeptOfAWorkshopThatNobodyWatches) {
  publish_job();
  EXPECT_EQ(hub_.since(kShine, 0).outcome, Missed::Outcome::too_old);
  watch_and_leave();
  publish_job();
  EXPECT_EQ(hub_.since(kShine, 1).deliveries.size(), 1U);
  clock_.advance(Hub::kKeepFor + std::chrono::seconds(1));
  publish_job();
  EXPECT_EQ(hub_.since(kShine, 1).outcome, Missed::Outcome::too_old);
}

TEST_F(HubResume, WhatIsForOneSessionIsNotKept) {
  watch_and_leave();
  hub_.publish({"session_ended", kShine, {}, {}, SessionId{4}, "{}"});
  EXPECT_TRUE(hub_.since(kShine, 0).deliveries.empty());
}

TEST(EventKinds, OnlyReadingsMayBeLeftOut) {
  for (const EventKind& kind : kEventKinds) EXPECT_EQ(kind.latest_only, kind.name == "sensor_update") << kind.name;
}

TEST(EventKinds, CustomersHearNothingOfAlertsAndOfWhoWatches) {
  for (const char* name : {"alert", "viewer", "rating", "clip"})
    EXPECT_FALSE(may(Role::customer, *find_event_kind(name)->needs)) << name;
  for (const char* name : {"sensor_update", "job_status", "job_time", "device_status", "camera_status"})
    EXPECT_TRUE(may(Role::customer, *find_event_kind(name)->needs)) << name;
}

}  // namespace
}  // namespace pitview::live
