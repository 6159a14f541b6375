#include "pitview/fmp4/decode_clock.h"

#include <gtest/gtest.h>

namespace pitview::fmp4 {
namespace {

constexpr std::int64_t kFrame = 3'600;  // 25 a second

TEST(DecodeClock, WithoutReorderingIsTheTimeOfShowing) {
  DecodeClock clock;
  for (const std::int64_t shown : {1'000L, 4'600L, 8'200L}) {
    const PictureTime time = clock.next(shown, kFrame);
    EXPECT_EQ(time.decode, shown);
    EXPECT_EQ(time.composition_offset, 0);
  }
}

TEST(DecodeClock, DecodesEverythingBeforeItIsShown) {
  DecodeClock clock(1);
  std::int64_t last = -1'000'000;
  // I0 P3 B1 B2 P6 B4 B5
  for (const std::int64_t frame : {0, 3, 1, 2, 6, 4, 5}) {
    const PictureTime time = clock.next(frame * kFrame, kFrame);
    EXPECT_GT(time.decode, last);
    EXPECT_GE(time.composition_offset, 0);
    EXPECT_EQ(time.decode + time.composition_offset, frame * kFrame) << "shown when it is to be shown";
    last = time.decode;
  }
  EXPECT_EQ(last, 5 * kFrame);
}

TEST(DecodeClock, GoesOnWhenAStreamReordersMoreThanItSaid) {
  DecodeClock clock(0);
  std::int64_t last = -1'000'000;
  for (const std::int64_t frame : {0, 3, 1, 2, 6, 4, 5}) {
    const PictureTime time = clock.next(frame * kFrame, kFrame);
    EXPECT_GT(time.decode, last);
    EXPECT_EQ(time.decode + time.composition_offset, frame * kFrame);
    last = time.decode;
  }
}

TEST(TimeLine, CountsFromTheFirstAcrossTheWrap) {
  TimeLine line;
  EXPECT_EQ(line.at(0xffffff00U, kFrame), 0);
  EXPECT_EQ(line.at(0xffffff00U + 3'600U, kFrame), 3'600);
  EXPECT_EQ(line.at(0xffffff00U + 1'800U, kFrame), 1'800) << "back is possible: B-frames";
}

TEST(TimeLine, GoesOnWhereACameraBeginsAnew) {
  TimeLine line;
  line.at(5'000, kFrame);
  line.at(8'600, kFrame);
  EXPECT_EQ(line.at(3'000'000'000U, kFrame), 7'200);
  EXPECT_EQ(line.at(3'000'003'600U, kFrame), 10'800);
}

}  // namespace
}  // namespace pitview::fmp4
