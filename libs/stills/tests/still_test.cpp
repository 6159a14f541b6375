#include "pitview/stills/still.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "output_of.h"

namespace pitview::stills {
namespace {

// A key frame of a red picture, as an encoder that is not ours makes it.
class Still : public testing::Test {
 protected:
  std::vector<h264::NalUnit> units() const {
    return h264::split_annex_b({reinterpret_cast<const std::uint8_t*>(stream_.data()), stream_.size()});
  }
  const std::string stream_ = output_of(
      "ffmpeg -v error -f lavfi -i color=red:size=1280x720:rate=1 -frames:v 1 -c:v libx264 -pix_fmt yuv420p -f h264 -");
};

struct Size {
  int width = 0;
  int height = 0;
};

// Of the start of frame (ITU-T T.81, B.2.2).
Size size_of(const std::string& jpeg) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(jpeg[i]); };
  for (std::size_t i = 2; i + 9 < jpeg.size();) {
    if (byte(i) != 0xff) return {};
    if (byte(i + 1) == 0xc0) return {byte(i + 7) << 8 | byte(i + 8), byte(i + 5) << 8 | byte(i + 6)};
    i += 2 + (static_cast<std::size_t>(byte(i + 2)) << 8 | byte(i + 3));
  }
  return {};
}

TEST_F(Still, HasTheWidthThatIsWantedAndTheShapeOfTheKeyFrame) {
  for (const auto& [wanted, width, height] : {std::array{640, 640, 360}, std::array{320, 320, 180},
                                              std::array{4'000, 1280, 720}, std::array{333, 332, 186}}) {
    const auto jpeg = jpeg_of(units(), wanted);
    ASSERT_TRUE(jpeg) << jpeg.error().detail;
    const Size size = size_of(*jpeg);
    EXPECT_EQ(size.width, width);
    EXPECT_EQ(size.height, height);
  }
}

TEST_F(Still, HasTheColoursOfTheKeyFrame) {
  const auto jpeg = jpeg_of(units(), 64);
  ASSERT_TRUE(jpeg);
  const std::string file = testing::TempDir() + "pitview-still.jpg";
  std::FILE* out = std::fopen(file.c_str(), "wb");
  std::fwrite(jpeg->data(), 1, jpeg->size(), out);
  std::fclose(out);
  const std::string rgb = output_of("ffmpeg -v error -i " + file + " -vf scale=1:1 -f rawvideo -pix_fmt rgb24 -");
  ASSERT_EQ(rgb.size(), 3U);
  EXPECT_NEAR(static_cast<unsigned char>(rgb[0]), 254, 6);
  EXPECT_NEAR(static_cast<unsigned char>(rgb[1]), 0, 6);
  EXPECT_NEAR(static_cast<unsigned char>(rgb[2]), 0, 6);
  std::remove(file.c_str());
}

TEST_F(Still, OfWhatIsNoKeyFrameThereIsNone) {
  EXPECT_FALSE(jpeg_of({}, 640));
  const std::vector<std::uint8_t> noise(200, 0x65);
  const std::array<h264::NalUnit, 1> one = {noise};
  EXPECT_FALSE(jpeg_of(one, 640));
  auto torn = units();
  torn.back() = torn.back().first(torn.back().size() / 2);
  const auto jpeg = jpeg_of(torn, 640);  // a picture or none, and no harm
  if (jpeg) {
    EXPECT_EQ(size_of(*jpeg).width, 640);
  }
}

}  // namespace
}  // namespace pitview::stills
