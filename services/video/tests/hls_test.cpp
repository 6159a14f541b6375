#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/playlist.h"
#include "pitview/fmp4/reader.h"
#include "scripted_camera.h"

namespace pitview::video {
namespace {

using testing::HasSubstr;
using testing::Not;
class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::seconds(1'780'000'000)); }
};

class Hls : public testing::Test {
 protected:
  static std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  FixedClock clock_;
  ScriptedCamera camera_{15};
};

TEST_F(Hls, CutsSegmentsAtKeyFramesAndPartsInBetween) {
  Segmenter segmenter(camera_.stream(), clock_);
  camera_.push(46);
  ASSERT_EQ(segmenter.segments().size(), 5U);
  const HlsSegment& usual = segmenter.segments()[2];
  EXPECT_TRUE(usual.complete);
  EXPECT_NEAR(usual.duration_s(), 1.0, 1e-9);
  ASSERT_EQ(usual.parts.size(), 5U);
  EXPECT_TRUE(usual.parts[0].independent);
  EXPECT_FALSE(usual.parts[1].independent);
  for (const HlsPart& part : usual.parts) EXPECT_LE(part.duration_s, segmenter.part_target_s());
  EXPECT_FALSE(segmenter.segments()[4].complete);
}

TEST_F(Hls, TheFirstSegmentIsWholeAtOnce) {
  Segmenter segmenter(camera_.stream(), clock_);
  camera_.push(4);
  ASSERT_EQ(segmenter.segments().size(), 2U);
  EXPECT_TRUE(segmenter.segments()[0].complete);
  EXPECT_NEAR(segmenter.segments()[0].duration_s(), 0.2, 1e-9);
  camera_.push(12);
  EXPECT_NEAR(segmenter.segments()[1].duration_s(), 0.8, 1e-9) << "the rest of the group";
}

TEST_F(Hls, PartsFollowEachOtherWithoutAGapAcrossTheWrapOfTheCamerasClock) {
  Segmenter segmenter(camera_.stream(), clock_);
  camera_.push(90);
  std::optional<std::uint64_t> next;
  std::uint32_t sequence = 0;
  for (const HlsSegment& segment : segmenter.segments())
    for (const HlsPart& part : segment.parts) {
      const auto info = fmp4::read_fragment(bytes_of(*part.bytes));
      ASSERT_TRUE(info);
      if (next) {
        EXPECT_EQ(info->decode_time, *next);
      }
      EXPECT_EQ(info->sequence, ++sequence);
      EXPECT_EQ(info->starts_with_keyframe, part.independent);
      next = info->decode_time + info->duration;
    }
}

TEST_F(Hls, BeginsWithWhatTheStreamStillHas) {
  camera_.push(20);  // five of a group are cached
  Segmenter segmenter(camera_.stream(), clock_);
  ASSERT_EQ(segmenter.segments().size(), 2U);
  EXPECT_EQ(segmenter.segments()[0].parts.size(), 1U) << "the first look waits for nothing";
}

TEST_F(Hls, KeepsNoMoreThanItNeeds) {
  Segmenter segmenter(camera_.stream(), clock_);
  camera_.push(15 * 30);
  EXPECT_EQ(segmenter.segments().size(), Segmenter::kKept);
  EXPECT_EQ(segmenter.segments().front().number, 31 - Segmenter::kKept);
  EXPECT_EQ(segmenter.find(0), nullptr);
  EXPECT_NE(segmenter.head(0), nullptr) << "what is kept needs it";
}

TEST_F(Hls, AnotherKindOfPicturesIsADiscontinuityWithAHeadOfItsOwn) {
  Segmenter segmenter(camera_.stream(), clock_);
  camera_.push(30);
  camera_.push(30, kOtherSps);
  const std::string playlist = write_playlist(segmenter);
  EXPECT_THAT(playlist, HasSubstr("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"head-1.mp4\""));
  EXPECT_NE(*segmenter.head(0), *segmenter.head(1));
  camera_.push(15 * 30, kOtherSps);
  EXPECT_EQ(segmenter.head(0), nullptr) << "not needed any more";
  EXPECT_EQ(segmenter.discontinuities(), 1U);
  EXPECT_THAT(write_playlist(segmenter), HasSubstr("#EXT-X-DISCONTINUITY-SEQUENCE:1\n"));
}

TEST_F(Hls, ACameraThatBeginsAnewGoesOnWithoutAGap) {
  Segmenter segmenter(camera_.stream(), clock_);
  camera_.push(15);
  camera_.jump(2'000'000'000U);
  camera_.push(16);
  const auto& segments = segmenter.segments();
  const auto last = fmp4::read_fragment(bytes_of(*segments[1].parts.back().bytes));
  const auto first = fmp4::read_fragment(bytes_of(*segments[2].parts.front().bytes));
  ASSERT_TRUE(last && first);
  EXPECT_EQ(first->decode_time, last->decode_time + last->duration);
}

TEST_F(Hls, ThePlaylistSaysWhatAPlayerNeeds) {
  Segmenter segmenter(camera_.stream(), clock_);
  camera_.push(34);
  const std::string playlist = write_playlist(segmenter);
  EXPECT_TRUE(playlist.starts_with("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n")) << playlist;
  for (const char* line :
       {"CAN-BLOCK-RELOAD=YES", "PART-HOLD-BACK=0.75000", "#EXT-X-PART-INF:PART-TARGET=0.25000",
        "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-MAP:URI=\"head-0.mp4\"", "#EXT-X-PROGRAM-DATE-TIME:2026-",
        "#EXTINF:1.00000,\nsegment-2.m4s\n", "#EXT-X-PART:DURATION=0.20000,URI=\"part-3-0.m4s\",INDEPENDENT=YES",
        "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part-3-1.m4s\""})
    EXPECT_THAT(playlist, HasSubstr(line));
  EXPECT_THAT(playlist, Not(HasSubstr("segment-3.m4s"))) << "it is not complete";
}

TEST(HlsNames, AreReadAsTheyAreWritten) {
  const auto part = parse_hls_name(part_name(12, 3));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->kind, HlsName::Kind::part);
  EXPECT_EQ(part->number, 12U);
  EXPECT_EQ(part->part, 3U);
  EXPECT_EQ(parse_hls_name(segment_name(7))->number, 7U);
  EXPECT_EQ(parse_hls_name(head_name(0))->kind, HlsName::Kind::head);
  for (const char* none : {"", "part-1.m4s", "part-1-.m4s", "segment--1.m4s", "segment-1.m4sx", "head-1.m4s",
                           "segment-99999999999999999999999.m4s", "../head-0.mp4"})
    EXPECT_FALSE(parse_hls_name(none)) << none;
}

}  // namespace
}  // namespace pitview::video
