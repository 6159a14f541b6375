#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arrivals.h"
#include "message.h"
#include "pitview/json/document.h"

namespace pitview::bench {
namespace {

using namespace std::chrono_literals;

TEST(BenchMessage, ItsReadingsTellItsOrdinal) {
  for (const std::int64_t ordinal : {0L, 1L, 79L, 80L, 1'599L, 1'600L, 53'333L, static_cast<long>(kMaxOrdinal)})
    EXPECT_EQ(ordinal_of(values_of(ordinal)), ordinal);
}

TEST(BenchMessage, EveryOrdinalSurvivesTheTextOfThePayload) {
  const Device device{.device_id = "d", .license_key = "k", .workshop_code = "w", .pit_number = 2};
  for (std::int64_t ordinal = 0; ordinal < 20'000; ordinal += 7) {
    const auto document = json::Document::parse(payload_of(device, 1, ordinal, Timestamp(1s)));
    ASSERT_TRUE(document);
    ASSERT_EQ(ordinal_in(document->root()), ordinal);
  }
}

TEST(BenchMessage, TheTimeOfPublishingHasMicroseconds) {
  const std::string payload = payload_of(Device{}, 1, 0, Timestamp(1s + 2'003us));
  EXPECT_THAT(payload, testing::HasSubstr("\"1970-01-01T00:00:01.002003Z\""));
}

TEST(BenchMessage, AReadingWithoutAValueHasNoOrdinal) {
  const auto document = json::Document::parse(R"({"temperature":20.1,"humidity":null,"pressure":950})");
  EXPECT_EQ(ordinal_in(document->root()), std::nullopt);
}

TEST(BenchPercentiles, AreValuesThatOccurredByNearestRank) {
  std::vector<std::int64_t> values;
  for (std::int64_t i = 1000; i >= 1; --i) values.push_back(i);
  const Percentiles found = percentiles_of(values);
  EXPECT_EQ(found.p50_us, 500);
  EXPECT_EQ(found.p99_us, 990);
  EXPECT_EQ(found.p999_us, 999);
  EXPECT_EQ(found.max_us, 1000);
}

TEST(BenchPercentiles, OfOneValueAreThatValue) {
  const Percentiles found = percentiles_of({7});
  EXPECT_EQ(found.p50_us, 7);
  EXPECT_EQ(found.p999_us, 7);
}

TEST(BenchArrivals, CountFromTheMomentAMessageWasDueAndLeaveTheWarmUpOut) {
  Plan plan{.rate = 1000, .warm_up = 1, .total = 4, .devices = 1, .start = SteadyTime(1h)};
  Arrivals arrivals(plan.total);
  arrivals.note(0, plan.due(0) + 1s);
  arrivals.note(1, plan.due(1) + 300us);
  arrivals.note(3, plan.due(3) + 500us);
  arrivals.note(3, plan.due(3) + 900us);
  arrivals.note(99, plan.due(3));
  EXPECT_EQ(arrivals.distinct(), 3);
  EXPECT_EQ(arrivals.again(), 1);
  EXPECT_FALSE(arrivals.complete());
  const Percentiles latency = arrivals.latency(plan);
  EXPECT_EQ(latency.samples, 2);
  EXPECT_EQ(latency.p50_us, 300);
  EXPECT_EQ(latency.max_us, 500);
}

TEST(BenchArrivals, AreComparedMessageByMessage) {
  Plan plan{.rate = 1000, .total = 3, .devices = 1, .start = SteadyTime(1h)};
  Arrivals here(plan.total);
  Arrivals there(plan.total);
  here.note(0, plan.due(0) + 900us);
  there.note(0, plan.due(0) + 600us);
  here.note(1, plan.due(1) + 100us);
  there.note(1, plan.due(1) + 150us);
  here.note(2, plan.due(2));
  const Percentiles difference = here.later_than(there, plan);
  EXPECT_EQ(difference.samples, 2);
  EXPECT_EQ(difference.p50_us, -50);
  EXPECT_EQ(difference.max_us, 300);
}

}  // namespace
}  // namespace pitview::bench
