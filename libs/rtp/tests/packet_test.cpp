#include "pitview/rtp/packet.h"

#include <gtest/gtest.h>

#include <vector>

namespace pitview::rtp {
namespace {

using Datagram = std::vector<std::uint8_t>;

TEST(Packet, IsReadAsRfc3550WritesIt) {
  const Datagram bytes = {0x80, 0xe0, 0x12, 0x34, 0, 1, 0x5f, 0x90, 0xde, 0xad, 0xbe, 0xef, 0x65, 0x88};
  const auto packet = parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->marker);
  EXPECT_EQ(packet->payload_type, 96);
  EXPECT_EQ(packet->sequence, 0x1234);
  EXPECT_EQ(packet->timestamp, 90'000U);
  EXPECT_EQ(packet->ssrc, 0xdeadbeefU);
  EXPECT_EQ(Datagram(packet->payload.begin(), packet->payload.end()), (Datagram{0x65, 0x88}));
}

TEST(Packet, LeavesOutSourcesExtensionAndPadding) {
  Datagram bytes = {0xb1, 0x60, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
  bytes.insert(bytes.end(), {9, 9, 9, 9});                          // one CSRC
  bytes.insert(bytes.end(), {0xbe, 0xde, 0, 1, 0x10, 0x7f, 0, 0});  // an extension of one word
  bytes.insert(bytes.end(), {0x41, 0x9a, 0, 0, 3});                 // payload and three bytes of padding
  const auto packet = parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(Datagram(packet->payload.begin(), packet->payload.end()), (Datagram{0x41, 0x9a}));
}

TEST(Packet, WithLengthsThatLieIsNone) {
  const Datagram whole = {0xb0, 0x60, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 1, 0, 0, 0, 0, 0x41, 1};
  ASSERT_TRUE(parse(whole));
  for (std::size_t size = 0; size < 20; ++size) EXPECT_FALSE(parse(Bytes(whole).first(size))) << size;
  Datagram padding = whole;
  padding.back() = 3;  // more than there is behind the header
  EXPECT_FALSE(parse(padding));
  padding.back() = 0;
  EXPECT_FALSE(parse(padding));
  Datagram version = whole;
  version[0] = 0x40;
  EXPECT_FALSE(parse(version));
}

TEST(Packet, IsToldFromRtcp) {
  EXPECT_TRUE(is_rtcp(Datagram{0x80, 200}));
  EXPECT_TRUE(is_rtcp(Datagram{0x81, 206}));
  EXPECT_FALSE(is_rtcp(Datagram{0x80, 96 | 0x80}));
  EXPECT_FALSE(is_rtcp(Datagram{0x80}));
}

TEST(SequenceDistance, GoesAroundTheCircle) {
  EXPECT_EQ(sequence_distance(65'535, 0), 1);
  EXPECT_EQ(sequence_distance(0, 65'535), -1);
  EXPECT_EQ(sequence_distance(10, 10), 0);
}

}  // namespace
}  // namespace pitview::rtp
