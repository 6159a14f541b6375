#include "streams/stream_path.h"

#include <gtest/gtest.h>

namespace pitview::streams {
namespace {

crypto::Key256 key_of(std::uint8_t byte) {
  crypto::Key256 key{};
  key.fill(byte);
  return key;
}

TEST(StreamPath, IsWhatTheGatewayTakes) {
  const std::string path = stream_path(key_of(1), WorkshopId(2), PitId(3));
  EXPECT_EQ(path.size(), 36U);
  EXPECT_EQ(path.substr(0, 4), "pit-");
  EXPECT_EQ(path.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos);
}

TEST(StreamPath, IsTheSameEveryTimeAndAnotherForEachPitWorkshopAndKey) {
  const std::string path = stream_path(key_of(1), WorkshopId(2), PitId(3));
  EXPECT_EQ(stream_path(key_of(1), WorkshopId(2), PitId(3)), path);
  EXPECT_NE(stream_path(key_of(1), WorkshopId(2), PitId(4)), path);
  EXPECT_NE(stream_path(key_of(1), WorkshopId(23), PitId(3)), path);
  EXPECT_NE(stream_path(key_of(2), WorkshopId(2), PitId(3)), path);
}

}  // namespace
}  // namespace pitview::streams
