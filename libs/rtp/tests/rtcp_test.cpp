#include "pitview/rtp/rtcp.h"

#include <gmock/gmock.h>

namespace pitview::rtp::rtcp {
namespace {

using ::testing::ElementsAre;

using Data = std::vector<std::uint8_t>;

TEST(Rtcp, ASenderReportComesBackAndIsFollowedByItsName) {
  const SenderReport report{
      .ssrc = 7, .ntp = {0x12345678, 0x9abcdef0}, .rtp_timestamp = 90'000, .packets = 3, .bytes = 99};
  for (const std::string_view cname : {"", "a", "ab", "abc", "abcd"}) {
    const Data bytes = write(report, cname);
    EXPECT_EQ(bytes.size() % 4, 0U);
    const auto messages = parse(bytes);
    ASSERT_TRUE(messages && messages->size() == 1) << cname;
    const auto& read = std::get<SenderReport>(messages->front());
    EXPECT_EQ(read.ssrc, 7U);
    EXPECT_EQ(read.ntp.middle(), 0x56789abcU);
    EXPECT_EQ(read.rtp_timestamp, 90'000U);
    EXPECT_EQ(read.packets, 3U);
    EXPECT_EQ(read.bytes, 99U);
  }
}

TEST(Rtcp, ANackNamesThePacketAndThoseOfItsMask) {
  const Data bytes = {0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0x80, 0x01};
  const auto messages = parse(bytes);
  ASSERT_TRUE(messages && messages->size() == 1);
  const auto& nack = std::get<Nack>(messages->front());
  EXPECT_EQ(nack.media_ssrc, 2U);
  EXPECT_THAT(nack.sequences, ElementsAre(65'535, 0, 15));
}

TEST(Rtcp, APictureLossComesBack) {
  const auto messages = parse(write_picture_loss(1, 2));
  ASSERT_TRUE(messages && messages->size() == 1);
  EXPECT_EQ(std::get<PictureLoss>(messages->front()).media_ssrc, 2U);
}

TEST(Rtcp, AFullIntraRequestNamesItsSource) {
  const Data bytes = {0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 5, 0, 0, 0};
  const auto messages = parse(bytes);
  ASSERT_TRUE(messages && messages->size() == 1);
  EXPECT_EQ(std::get<FullIntraRequest>(messages->front()).media_ssrc, 9U);
  EXPECT_EQ(std::get<FullIntraRequest>(messages->front()).sequence, 5);
}

TEST(Rtcp, LossIsCountedWithItsSign) {
  ReportBlock block{.ssrc = 3, .fraction_lost = 128, .cumulative_lost = -2, .highest_sequence = 70'000, .jitter = 4};
  const auto messages = parse(write_receiver_report(1, block));
  ASSERT_TRUE(messages && messages->size() == 1);
  const auto& read = std::get<ReportBlock>(messages->front());
  EXPECT_EQ(read.cumulative_lost, -2);
  EXPECT_EQ(read.fraction_lost, 128);
  EXPECT_EQ(read.highest_sequence, 70'000U);
}

TEST(Rtcp, OfWhichALengthLiesIsNotBelieved) {
  Data bytes = write({.ssrc = 7}, "name");
  ASSERT_TRUE(parse(bytes));
  for (std::size_t size = 1; size < bytes.size(); ++size)
    if (size != 28) EXPECT_FALSE(parse(Bytes(bytes).first(size))) << size;  // 28: the report alone
  bytes[3] = 200;
  EXPECT_FALSE(parse(bytes));
}

TEST(RoundTrip, IsWhatIsLeftWithoutTheFarEndsDelay) {
  const NtpTime sent{100, 0};
  const NtpTime now{101, 0x8000'0000};  // 1.5 s later
  const ReportBlock block{.last_sender_report = sent.middle(), .delay_since_last = 65'536};
  EXPECT_EQ(round_trip(block, now), std::chrono::milliseconds(500));
  EXPECT_FALSE(round_trip({.last_sender_report = 0}, now));
  EXPECT_FALSE(round_trip({.last_sender_report = sent.middle(), .delay_since_last = 200'000}, now)) << "a negative one";
}

}  // namespace
}  // namespace pitview::rtp::rtcp
