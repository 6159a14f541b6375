#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arrivals.h"
#include "pitview/json/document.h"
#include "reading_text.h"
#include "ws_frames.h"

namespace pitview::bench {
namespace {

using namespace std::chrono_literals;

TEST(BenchReading, IsWhatTheContractSaysAndDiffersFromTheNextOne) {
  const Device device{.device_id = "ESP32-BE0000000001", .license_key = "LIC-1", .workshop_code = "w", .pit_number = 2};
  std::string text;
  std::string next;
  write_reading(text, device, 7, 799, Timestamp(1s + 2'003us));
  write_reading(next, device, 7, 800, Timestamp(1s + 2'003us));
  const auto document = json::Document::parse(text);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().find("device_id")->as_string(), device.device_id);
  EXPECT_EQ(document->root().find("seq")->as_int64(), 799);
  EXPECT_EQ(document->root().find("timestamp")->as_string(), "1970-01-01T00:00:01.002003Z");
  EXPECT_DOUBLE_EQ(document->root().find("temperature")->as_double(), 25.99);
  EXPECT_NE(text, next);
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

TEST(BenchFrames, AreCutOutOfTheStreamAtAnyPlace) {
  std::string stream =
      "\x81\x05"
      "hello";
  stream += std::string("\x81\x7e\x01\x00", 4) + std::string(256, 'x');
  const std::size_t first = 7;
  for (std::size_t length = 0; length < first; ++length) EXPECT_FALSE(next_frame(stream.substr(0, length))) << length;
  const auto hello = next_frame(stream);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->payload, "hello");
  EXPECT_EQ(hello->consumed, first);
  EXPECT_TRUE(hello->last);
  EXPECT_FALSE(next_frame(std::string_view(stream).substr(first, 259)));
  const auto longer = next_frame(std::string_view(stream).substr(first));
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->payload.size(), 256U);
}

TEST(BenchFrames, KnowControlFramesAndPartsOfMessages) {
  EXPECT_EQ(next_frame(std::string("\x89\x00", 2))->opcode, WsFrame::ping);
  EXPECT_FALSE(next_frame(std::string("\x01\x00", 2))->last);
  EXPECT_EQ(pong_of("ab"), std::string("\x8a\x82\0\0\0\0ab", 8));
}

}  // namespace
}  // namespace pitview::bench
