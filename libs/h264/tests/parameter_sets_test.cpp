#include "pitview/h264/parameter_sets.h"

#include <gtest/gtest.h>

#include "bit_writer.h"

namespace pitview::h264 {
namespace {

using testing::BitWriter;
using Data = std::vector<std::uint8_t>;

struct Wanted {
  unsigned profile = 66;
  unsigned mbs_wide = 120;
  unsigned mbs_high = 68;
  unsigned crop_bottom = 0;
  bool interlaced = false;
};

BitWriter begin(const Wanted& wanted) {
  BitWriter out;
  out.bits(wanted.profile, 8).bits(0xe0, 8).bits(31, 8).ue(0);
  if (wanted.profile == 100) out.ue(1).ue(0).ue(0).bits(0, 1).bits(0, 1);
  out.ue(0).ue(2).ue(1).bits(0, 1);  // frame numbers, order type 2, one reference
  out.ue(wanted.mbs_wide - 1).ue(wanted.mbs_high - 1).bits(wanted.interlaced ? 0 : 1, 1);
  if (wanted.interlaced) out.bits(0, 1);
  out.bits(1, 1);
  if (wanted.crop_bottom > 0)
    out.bits(1, 1).ue(0).ue(0).ue(0).ue(wanted.crop_bottom);
  else
    out.bits(0, 1);
  return out;
}

Data without_vui(const Wanted& wanted) { return begin(wanted).bits(0, 1).unit(0x67); }

// Timing of `fps` and, when given, the bitstream restriction.
Data with_vui(const Wanted& wanted, std::uint32_t fps, std::optional<unsigned> reorder) {
  BitWriter out = begin(wanted);
  out.bits(1, 1).bits(0, 1).bits(0, 1).bits(0, 1).bits(0, 1);
  out.bits(1, 1).bits(1, 32).bits(2 * fps, 32).bits(1, 1);
  out.bits(0, 1).bits(0, 1).bits(0, 1);
  if (reorder)
    out.bits(1, 1).bits(1, 1).ue(0).ue(0).ue(10).ue(10).ue(*reorder).ue(4);
  else
    out.bits(0, 1);
  return out.unit(0x67);
}

TEST(SequenceParameterSet, SaysProfileAndSize) {
  const auto set = parse_sequence_parameter_set(without_vui({.crop_bottom = 4}));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->width, 1920U);
  EXPECT_EQ(set->height, 1080U) << "1088 of macroblocks without 4 cropping units of two lines";
  EXPECT_EQ(profile_level_id(*set), "42e01f");
  EXPECT_EQ(profile_name(*set), "Constrained Baseline");
  EXPECT_FALSE(set->interlaced);
  EXPECT_FALSE(set->frames_per_second);
}

TEST(SequenceParameterSet, OfTheHighProfileIsReadPastItsChromaFormat) {
  const auto set = parse_sequence_parameter_set(without_vui({.profile = 100, .mbs_wide = 80, .mbs_high = 45}));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->width, 1280U);
  EXPECT_EQ(set->height, 720U);
  EXPECT_EQ(profile_name(*set), "High");
}

TEST(SequenceParameterSet, CountsFieldsOfInterlacedPictures) {
  const auto set = parse_sequence_parameter_set(without_vui({.mbs_high = 34, .crop_bottom = 2, .interlaced = true}));
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->interlaced);
  EXPECT_EQ(set->height, 1080U);
}

TEST(SequenceParameterSet, SaysFrameRateAndReordering) {
  const auto none = parse_sequence_parameter_set(with_vui({.profile = 100}, 25, 0));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->frames_per_second, 25.0);
  EXPECT_FALSE(none->may_reorder());
  const auto two = parse_sequence_parameter_set(with_vui({.profile = 100}, 30, 2));
  ASSERT_TRUE(two);
  EXPECT_EQ(two->max_reorder_frames, 2U);
  EXPECT_TRUE(two->may_reorder());
  const auto silent = parse_sequence_parameter_set(with_vui({.profile = 100}, 30, std::nullopt));
  ASSERT_TRUE(silent);
  EXPECT_TRUE(silent->may_reorder()) << "a stream that does not say may";
  const auto baseline = parse_sequence_parameter_set(with_vui({}, 30, std::nullopt));
  ASSERT_TRUE(baseline);
  EXPECT_FALSE(baseline->may_reorder()) << "the baseline profile has no B slices";
}

TEST(SequenceParameterSet, IsReadPastEmulationPrevention) {
  // One tick in 2^24 of a second puts zero bytes into the VUI.
  BitWriter out = begin({});
  out.bits(1, 1).bits(0, 4).bits(1, 1).bits(1, 32).bits(0x0100'0000, 32).bits(1, 1).bits(0, 4);
  const Data unit = out.unit(0x67);
  const auto set = parse_sequence_parameter_set(unit);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->frames_per_second, 0x0080'0000);
  bool prevented = false;
  for (std::size_t i = 2; i < unit.size(); ++i)
    prevented = prevented || (unit[i - 2] == 0 && unit[i - 1] == 0 && unit[i] == 3);
  EXPECT_TRUE(prevented) << "or this test shows nothing";
}

TEST(SequenceParameterSet, CutShortIsMalformed) {
  const Data whole = without_vui({.profile = 100, .crop_bottom = 4});
  for (std::size_t size = 0; size + 1 < whole.size(); ++size)
    EXPECT_FALSE(parse_sequence_parameter_set(NalUnit(whole).first(size))) << size;
}

TEST(SequenceParameterSet, OfImpossibleSizeIsMalformed) {
  EXPECT_FALSE(parse_sequence_parameter_set(without_vui({.mbs_wide = 2'000})));
  EXPECT_FALSE(parse_sequence_parameter_set(without_vui({.mbs_high = 1, .crop_bottom = 9})));
  const Data slice = {0x65, 0x88, 0x84, 0, 0};
  EXPECT_FALSE(parse_sequence_parameter_set(slice));
}

}  // namespace
}  // namespace pitview::h264
