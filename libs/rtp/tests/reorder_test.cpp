#include "pitview/rtp/reorder.h"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace pitview::rtp {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// What comes out, as sequence number and how many were missing before it.
class ReorderTest : public ::testing::Test {
 protected:
  void push(std::uint16_t sequence) {
    const std::uint8_t payload[] = {static_cast<std::uint8_t>(sequence)};
    reorder_.push({.sequence = sequence, .payload = payload}, [this](const Packet& packet, std::size_t lost) {
      EXPECT_EQ(packet.payload[0], static_cast<std::uint8_t>(packet.sequence));
      out_.emplace_back(packet.sequence, lost);
    });
  }

  Reorder reorder_;
  std::vector<std::pair<int, std::size_t>> out_;
};

TEST_F(ReorderTest, OrderedPacketsPassAtOnce) {
  for (const std::uint16_t sequence : {65'534, 65'535, 0, 1}) push(sequence);
  EXPECT_THAT(out_, ElementsAre(Pair(65'534, 0), Pair(65'535, 0), Pair(0, 0), Pair(1, 0)));
}

TEST_F(ReorderTest, ShuffledPacketsComeInOrderAndTwinsOnce) {
  for (const std::uint16_t sequence : {10, 12, 12, 13, 11, 11, 14}) push(sequence);
  EXPECT_THAT(out_, ElementsAre(Pair(10, 0), Pair(11, 0), Pair(12, 0), Pair(13, 0), Pair(14, 0)));
  EXPECT_EQ(reorder_.dropped(), 2U);
}

TEST_F(ReorderTest, AGapIsGivenUpAfterTheWindow) {
  push(10);
  for (std::uint16_t sequence = 13; sequence < 13 + Reorder::kWindow; ++sequence) push(sequence);
  ASSERT_EQ(out_.size(), 1 + Reorder::kWindow);
  EXPECT_EQ(out_[1], std::make_pair(13, std::size_t{2}));
  push(12);  // too late
  EXPECT_EQ(out_.size(), 1 + Reorder::kWindow);
  EXPECT_EQ(reorder_.dropped(), 1U);
}

TEST_F(ReorderTest, ALongGapIsCounted) {
  push(10);
  push(111);
  EXPECT_THAT(out_, ElementsAre(Pair(10, 0), Pair(111, 100)));
}

TEST_F(ReorderTest, ACameraThatBeginsAnewIsFollowed) {
  push(10);
  push(40'000);
  push(40'001);
  EXPECT_THAT(out_, ElementsAre(Pair(10, 0), Pair(40'000, 1), Pair(40'001, 0)));
}

}  // namespace
}  // namespace pitview::rtp
