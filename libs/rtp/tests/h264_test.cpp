// Depacketizer and packetizer, each against what RFC 6184 says and against each other.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pitview/rtp/h264_depacketizer.h"
#include "pitview/rtp/h264_packetizer.h"

namespace pitview::rtp {
namespace {

using ::testing::ElementsAre;

using Data = std::vector<std::uint8_t>;

struct Picture {
  std::uint32_t timestamp;
  bool keyframe;
  bool damaged;
  std::vector<Data> units;
};

const Data kSps = {0x67, 0x42, 0xe0, 0x1f};
const Data kPps = {0x68, 0xce, 0x3c, 0x80};
const Data kIdr = {0x65, 0x88, 0x84, 1, 2, 3};        // first_mb_in_slice 0, an I slice
const Data kIdrSecond = {0x65, 0x44, 0x22, 4, 5, 6};  // first_mb_in_slice 1
const Data kSlice = {0x41, 0x9a, 0x10, 7};

class H264Test : public ::testing::Test {
 protected:
  void push(const Data& payload, std::uint32_t timestamp, bool marker, std::size_t lost = 0) {
    depacketizer_.push({.marker = marker, .timestamp = timestamp, .payload = payload}, lost,
                       [this](const AccessUnit& unit) {
                         Picture picture{unit.timestamp, unit.keyframe, unit.damaged, {}};
                         for (const h264::NalUnit nal : unit.units) picture.units.emplace_back(nal.begin(), nal.end());
                         pictures_.push_back(std::move(picture));
                       });
  }
  // As packets of at most `limit` bytes, the last with the marker when `ends`.
  void push_unit(const Data& unit, std::size_t limit, std::uint32_t timestamp, bool ends) {
    packetize(unit, limit, [&](Bytes head, Bytes body, bool last) {
      Data payload(head.begin(), head.end());
      payload.insert(payload.end(), body.begin(), body.end());
      push(payload, timestamp, ends && last);
    });
  }

  H264Depacketizer depacketizer_;
  std::vector<Picture> pictures_;
};

Data large(std::size_t size, std::uint8_t first = 0x65) {
  Data unit(size);
  for (std::size_t i = 0; i < size; ++i) unit[i] = static_cast<std::uint8_t>(i * 7);
  unit[0] = first;
  if (size > 1) unit[1] = 0x88;
  return unit;
}

TEST_F(H264Test, APictureGoesOutWithItsMarker) {
  push(kSps, 1, false);
  push(kPps, 1, false);
  EXPECT_TRUE(pictures_.empty());
  push(kIdr, 1, true);
  ASSERT_EQ(pictures_.size(), 1U);
  EXPECT_TRUE(pictures_[0].keyframe);
  EXPECT_FALSE(pictures_[0].damaged);
  EXPECT_THAT(pictures_[0].units, ElementsAre(kSps, kPps, kIdr));
  push(kSlice, 2, true);
  ASSERT_EQ(pictures_.size(), 2U);
  EXPECT_FALSE(pictures_[1].keyframe);
}

TEST_F(H264Test, ParameterSetsWithMarkersOfTheirOwnWaitForTheirPicture) {
  push(kSps, 1, true);
  push(kPps, 1, true);
  push(kIdr, 1, true);
  ASSERT_EQ(pictures_.size(), 1U);
  EXPECT_THAT(pictures_[0].units, ElementsAre(kSps, kPps, kIdr));
}

TEST_F(H264Test, ACameraWithMarkersInEverySliceIsNoticed) {
  push(kIdr, 1, true);
  push(kIdrSecond, 1, true);  // a surprise: from here on the timestamp decides
  push(kIdr, 2, true);
  push(kIdrSecond, 2, true);
  push(kIdr, 3, true);
  ASSERT_EQ(pictures_.size(), 3U);
  EXPECT_THAT(pictures_[2].units, ElementsAre(kIdr, kIdrSecond));
}

TEST_F(H264Test, ACameraWithoutMarkersIsADelayOfOnePicture) {
  push(kIdr, 1, false);
  push(kIdrSecond, 1, false);
  push(kSlice, 2, false);
  ASSERT_EQ(pictures_.size(), 1U);
  EXPECT_THAT(pictures_[0].units, ElementsAre(kIdr, kIdrSecond));
}

TEST_F(H264Test, AnAggregateIsTakenApart) {
  Data stap = {0x78, 0, 4};
  stap.insert(stap.end(), kSps.begin(), kSps.end());
  stap.insert(stap.end(), {0, 4});
  stap.insert(stap.end(), kPps.begin(), kPps.end());
  push(stap, 1, false);
  push(kIdr, 1, true);
  EXPECT_THAT(pictures_.at(0).units, ElementsAre(kSps, kPps, kIdr));
}

TEST_F(H264Test, AnAggregateThatLiesIsCountedAndTheRestKept) {
  push({0x78, 0, 4, 0x67, 0x42, 0xe0, 0x1f, 0, 9, 1}, 1, false);
  push(kIdr, 1, true);
  EXPECT_THAT(pictures_.at(0).units, ElementsAre(kSps, kIdr));
  EXPECT_TRUE(pictures_[0].damaged);
  EXPECT_EQ(depacketizer_.malformed(), 1U);
}

TEST_F(H264Test, ComesBackFromFragmentsAsItWas) {
  for (const std::size_t size : {1, 2, 1199, 1200, 1201, 2397, 2398, 100'000}) {
    pictures_.clear();
    const Data unit = large(size);
    push_unit(unit, 1200, static_cast<std::uint32_t>(size), true);
    ASSERT_EQ(pictures_.size(), 1U) << size;
    EXPECT_THAT(pictures_[0].units, ElementsAre(unit)) << size;
  }
}

TEST_F(H264Test, AUnitWithALostFragmentGoesAndItsPictureIsDamaged) {
  const Data unit = large(3'000);
  std::vector<Data> payloads;
  packetize(unit, 1200, [&](Bytes head, Bytes body, bool) {
    payloads.emplace_back(head.begin(), head.end());
    payloads.back().insert(payloads.back().end(), body.begin(), body.end());
  });
  ASSERT_EQ(payloads.size(), 3U);
  push(kSps, 1, false);
  push(payloads[0], 1, false);
  push(payloads[2], 1, true, 1);  // the middle one is lost
  push(kSlice, 2, true);
  ASSERT_EQ(pictures_.size(), 2U);
  EXPECT_THAT(pictures_[0].units, ElementsAre(kSps));
  EXPECT_TRUE(pictures_[0].damaged);
  EXPECT_FALSE(pictures_[0].keyframe);
  EXPECT_FALSE(pictures_[1].damaged);
}

TEST_F(H264Test, ATooLargePictureIsGivenUpAndTheNextOneIsGood) {
  const Data part = large(1 << 20, 0x41);
  for (int i = 0; i < 6; ++i) push(part, 1, i == 5);
  push(kIdr, 2, true);
  ASSERT_EQ(pictures_.size(), 1U);
  EXPECT_THAT(pictures_[0].units, ElementsAre(kIdr));
  EXPECT_TRUE(pictures_[0].damaged);
  EXPECT_EQ(depacketizer_.malformed(), 1U);
}

TEST(Packetize, GivesFragmentsOfOneSizeButTheLast) {
  const Data unit = large(10'001);
  std::vector<std::size_t> sizes;
  packetize(unit, 1200, [&](Bytes head, Bytes body, bool) { sizes.push_back(head.size() + body.size()); });
  ASSERT_EQ(sizes.size(), 9U);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) EXPECT_EQ(sizes[i], sizes[0]);
  EXPECT_LE(sizes[0], 1200U);
  EXPECT_LE(sizes.back(), sizes[0]);
}

}  // namespace
}  // namespace pitview::rtp
