#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace pitview::bench
