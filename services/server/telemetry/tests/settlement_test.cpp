#include "telemetry/settlement.h"

#include <gmock/gmock.h>

#include "pitview/async/deadline.h"

namespace pitview::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Range = SettledRanges::Range;

SettledRanges ranges_of(std::initializer_list<std::int32_t> seqs) {
  SettledRanges ranges;
  for (const std::int32_t seq : seqs) EXPECT_TRUE(ranges.add(seq));
  return ranges;
}

TEST(SettledRanges, MergeWhatTouchesInAnyOrder) {
  EXPECT_THAT(ranges_of({5, 3, 4, 9, 7, 8, 1}).take(32), ElementsAre(Range{1, 1}, Range{3, 5}, Range{7, 9}));
  EXPECT_THAT(ranges_of({1, 3, 2, 2, 1, 3}).take(32), ElementsAre(Range{1, 3}));
  EXPECT_THAT(ranges_of({INT32_MAX, 0, INT32_MAX - 1}).take(32),
              ElementsAre(Range{0, 0}, Range{INT32_MAX - 1, INT32_MAX}));
}

TEST(SettledRanges, AreTakenLowestFirst) {
  SettledRanges ranges = ranges_of({5, 1, 3});
  EXPECT_THAT(ranges.take(2), ElementsAre(Range{1, 1}, Range{3, 3}));
  EXPECT_THAT(ranges.take(2), ElementsAre(Range{5, 5}));
  EXPECT_TRUE(ranges.empty());
}

TEST(SettledRanges, AreBoundedAndStillGrowAtTheirEnds) {
  SettledRanges ranges;
  for (std::size_t i = 0; i < SettledRanges::kMax; ++i) ASSERT_TRUE(ranges.add(static_cast<std::int32_t>(10 * i)));
  EXPECT_FALSE(ranges.add(5));
  EXPECT_TRUE(ranges.add(1));
  EXPECT_EQ(ranges.take(1).front(), (Range{0, 1}));
}

TEST(SettlementMessage, IsThatOfTheContract) {
  EXPECT_EQ(settlement_message(17, {{4211, 4218}, {4220, 4220}}),
            R"({"boot_id":17,"ranges":[[4211,4218],[4220,4220]]})");
}

struct Sent {
  std::string topic;
  std::string payload;
};

// Runs a settlement until so many messages were sent.
class SettlementRun {
 public:
  explicit SettlementRun(std::size_t messages, int unconnected_for = 0)
      : wanted_(messages),
        unconnected_for_(unconnected_for),
        settlement_(
            context_.get_executor(), [this] { return ++asked_ > unconnected_for_; },
            [this](std::string topic, std::string payload) { return take({std::move(topic), std::move(payload)}); }),
        tasks_(context_.get_executor()) {}

  std::vector<Sent> sent_for(const std::function<void(Settlement&)>& add) {
    tasks_.spawn("settlement", settlement_.run());
    asio::post(context_, [&] { add(settlement_); });
    context_.run();
    return std::move(sent_);
  }

 private:
  Awaitable<> take(Sent message) {
    sent_.push_back(std::move(message));
    if (sent_.size() == wanted_) tasks_.cancel();
    co_return;
  }

  asio::io_context context_;
  std::size_t wanted_;
  int unconnected_for_;  // so often it is asked
  int asked_ = 0;
  std::vector<Sent> sent_;
  Settlement settlement_;
  TaskGroup tasks_;
};

TEST(Settlement, GathersPerDeviceAndBoot) {
  const auto sent = SettlementRun(2).sent_for([](Settlement& settlement) {
    for (const std::int32_t seq : {1, 2, 3}) settlement.add("workshop_001", "ESP32-000000000001", 7, seq);
    settlement.add("workshop_001", "ESP32-000000000001", 8, 1);
  });
  std::vector<std::string> payloads;
  for (const Sent& message : sent) {
    EXPECT_EQ(message.topic, "workshop/workshop_001/device/ESP32-000000000001/ack");
    payloads.push_back(message.payload);
  }
  EXPECT_THAT(payloads, ::testing::UnorderedElementsAre(R"({"boot_id":7,"ranges":[[1,3]]})",
                                                        R"({"boot_id":8,"ranges":[[1,1]]})"));
}

TEST(Settlement, SendsAtMostThirtyTwoRangesAMessageAndTheRestASecondLater) {
  const auto began = std::chrono::steady_clock::now();
  const auto sent = SettlementRun(2).sent_for([](Settlement& settlement) {
    for (std::int32_t seq = 0; seq < 80; seq += 2) settlement.add("workshop_001", "ESP32-000000000001", 7, seq);
  });
  const auto ranges_in = [](const std::string& payload) { return std::count(payload.begin(), payload.end(), '[') - 1; };
  EXPECT_EQ(ranges_in(sent[0].payload), 32);
  EXPECT_EQ(ranges_in(sent[1].payload), 8);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

TEST(Settlement, WaitsForTheConnection) {
  const auto sent = SettlementRun(1, 3).sent_for(
      [](Settlement& settlement) { settlement.add("workshop_001", "ESP32-000000000001", 7, 1); });
  EXPECT_EQ(sent[0].payload, R"({"boot_id":7,"ranges":[[1,1]]})");
}

TEST(Settlement, SaysAllThatWaitsBeforeTheEnd) {
  asio::io_context context;
  std::size_t ranges = 0;
  Settlement settlement(
      context.get_executor(), [] { return true; },
      [&](std::string, std::string payload) -> Awaitable<> {
        ranges += static_cast<std::size_t>(std::count(payload.begin(), payload.end(), '[') - 1);
        co_return;
      });
  for (std::int32_t seq = 0; seq < 200; seq += 2) settlement.add("workshop_001", "ESP32-000000000001", 7, seq);
  asio::co_spawn(context, settlement.flush(), asio::detached);
  context.run();
  EXPECT_EQ(ranges, 100U);
  EXPECT_EQ(settlement.waiting(), 0U);
}

TEST(Settlement, IsBounded) {
  asio::io_context context;
  Settlement settlement(
      context.get_executor(), [] { return true; }, [](std::string, std::string) -> Awaitable<> { co_return; });
  for (std::size_t i = 0; i < Settlement::kMaxWaiting + 10; ++i)
    settlement.add("workshop_001", "ESP32-000000000001", static_cast<std::int32_t>(i), 1);
  EXPECT_EQ(settlement.waiting(), Settlement::kMaxWaiting);
}

}  // namespace
}  // namespace pitview::telemetry
