#include "pitview/live/hub.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace pitview::live
