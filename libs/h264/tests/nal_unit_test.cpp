#include "pitview/h264/nal_unit.h"

#include <gmock/gmock.h>

#include "bit_writer.h"
#include "pitview/h264/bit_reader.h"
#include "pitview/h264/slice.h"

namespace pitview::h264 {
namespace {

using ::testing::ElementsAre;
using Data = std::vector<std::uint8_t>;

std::vector<Data> copies(const std::vector<NalUnit>& units) {
  std::vector<Data> out;
  for (const NalUnit unit : units) out.emplace_back(unit.begin(), unit.end());
  return out;
}

TEST(AnnexB, IsSplitAtLongAndShortStartCodes) {
  const Data stream = {9, 0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 0, 1, 0x65, 3, 0};
  EXPECT_THAT(copies(split_annex_b(stream)), ElementsAre(Data{0x67, 1}, Data{0x68, 2}, Data{0x65, 3}));
}

TEST(AnnexB, WithNothingInItIsNothing) {
  EXPECT_TRUE(split_annex_b({}).empty());
  EXPECT_TRUE(split_annex_b(Data{0, 0, 1}).empty());
  EXPECT_TRUE(split_annex_b(Data{0, 0, 1, 0, 0, 1}).empty());
}

TEST(Slice, SaysWhereItBeginsAndOfWhatKindItIs) {
  for (std::uint32_t type = 0; type < 10; ++type) {
    const Data unit = testing::BitWriter().ue(7).ue(type).bits(0xff, 8).unit(0x41);
    const auto start = start_of_slice(unit);
    ASSERT_TRUE(start) << type;
    EXPECT_EQ(start->first_macroblock, 7U);
    EXPECT_EQ(start->type, static_cast<SliceType>(type % 5));
  }
  EXPECT_FALSE(start_of_slice(testing::BitWriter().ue(0).ue(10).unit(0x41)));
  EXPECT_FALSE(start_of_slice(Data{0x41}));
  EXPECT_FALSE(start_of_slice(Data{0x67, 0x88}));
}

TEST(BitReader, ReadsSignedNumbersAsTableNineThreeMapsThem) {
  const Data unit = testing::BitWriter().se(0).se(1).se(-1).se(2).se(-300).unit(0);
  BitReader in(NalUnit(unit).subspan(1));
  for (const int value : {0, 1, -1, 2, -300}) EXPECT_EQ(in.signed_golomb(), value);
  EXPECT_FALSE(in.more_data());
  EXPECT_FALSE(in.overrun());
}

TEST(BitReader, BeyondTheEndGivesNothingAndSaysSo) {
  const Data byte = {0xff};
  BitReader in(byte);
  EXPECT_EQ(in.bits(8), 0xffU);
  EXPECT_FALSE(in.overrun());
  EXPECT_EQ(in.bits(1), 0U);
  EXPECT_TRUE(in.overrun());
  EXPECT_EQ(in.unsigned_golomb(), 0U);
  const Data zeros(8, 0);
  BitReader endless(zeros);
  endless.unsigned_golomb();
  EXPECT_TRUE(endless.overrun());
}

}  // namespace
}  // namespace pitview::h264
