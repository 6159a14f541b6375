#include "pitview/video/recorded_range.h"

#include <gtest/gtest.h>

namespace pitview::video {
namespace {

TEST(RecordedRange, IsReadAsItIsWritten) {
  const auto range = parse_recorded_range("pit-1", "1780000000000-1780000000250");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->to - range->from, std::chrono::milliseconds(250));
  EXPECT_EQ(address_of(*range), "pit-1/recordings/1780000000000-1780000000250");
}

TEST(RecordedRange, IsNothingElse) {
  for (const char* text : {"", "-", "5", "5-", "-5", "5-5", "6-5", "5-6-7", "a-b", "5-6 ", "+5-6",
                           "5-99999999999999999", "99999999999999-999999999999999"})
    EXPECT_FALSE(parse_recorded_range("pit-1", text)) << text;
}

}  // namespace
}  // namespace pitview::video
