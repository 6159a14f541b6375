#include "licences/violation_counts.h"

#include <gtest/gtest.h>

namespace pitview::licences {
namespace {

const Timestamp kNow = *parse_iso8601("2026-02-20T22:30:00Z");
constexpr const char* kOverdue = "Payment overdue";

Violation overdue(std::string device) { return {std::move(device), kOverdue, true}; }

TEST(ViolationCounts, AreOnePerDeviceReasonAndHour) {
  ViolationCounts counts;
  EXPECT_TRUE(counts.add(overdue("A"), kNow));
  EXPECT_FALSE(counts.add(overdue("A"), kNow + std::chrono::minutes(29)));
  EXPECT_TRUE(counts.add({"A", "License expired", true}, kNow));
  EXPECT_TRUE(counts.add(overdue("B"), kNow));
  EXPECT_TRUE(counts.add(overdue("A"), kNow + std::chrono::minutes(30))) << "another hour";
  const auto taken = counts.take();
  ASSERT_EQ(taken.size(), 4U);
  EXPECT_TRUE(counts.empty());
  EXPECT_EQ(taken[1].reason, kOverdue);
  EXPECT_EQ(taken[1].messages, 2);
  EXPECT_EQ(taken[1].first_at, kNow);
  EXPECT_EQ(taken[1].last_at, kNow + std::chrono::minutes(29));
  EXPECT_EQ(to_iso8601(taken[3].hour), "2026-02-20T23:00:00.000Z");
}

TEST(ViolationCounts, ThatCouldNotBeWrittenAreKept) {
  ViolationCounts counts;
  counts.add(overdue("A"), kNow);
  auto taken = counts.take();
  counts.add(overdue("A"), kNow + std::chrono::seconds(9));
  taken.push_back({"B", kOverdue, taken[0].hour, 5, kNow, kNow + std::chrono::seconds(3)});
  counts.put_back(std::move(taken));
  const auto all = counts.take();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].messages, 2);
  EXPECT_EQ(all[0].first_at, kNow);
  EXPECT_EQ(all[0].last_at, kNow + std::chrono::seconds(9));
  EXPECT_EQ(all[1].messages, 5);
  EXPECT_EQ(all[1].last_at, kNow + std::chrono::seconds(3));
}

TEST(ViolationCounts, OfMadeUpDevicesAreBounded) {
  ViolationCounts counts;
  for (std::size_t i = 0; i < 3 * ViolationCounts::kMaxUnknown; ++i)
    counts.add({"made up " + std::to_string(i), "Unknown license", false}, kNow);
  for (int i = 0; i < 300; ++i) counts.add(overdue("device " + std::to_string(i)), kNow);
  const auto taken = counts.take();
  EXPECT_EQ(taken.size(), ViolationCounts::kMaxUnknown + 1 + 300);
  EXPECT_EQ(taken[0].device_id, "");
  EXPECT_EQ(taken[0].messages, static_cast<std::int64_t>(2 * ViolationCounts::kMaxUnknown));
}

}  // namespace
}  // namespace pitview::licences
