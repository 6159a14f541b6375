#include "pitview/stills/time_lapse.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "output_of.h"

namespace pitview::stills {
namespace {

std::string key_frame(const char* colour, const char* size) {
  return output_of(std::string("ffmpeg -v error -f lavfi -i color=") + colour + ":size=" + size +
                   ":rate=1 -frames:v 1 -c:v libx264 -pix_fmt yuv420p -f h264 -");
}

std::vector<h264::NalUnit> units_of(const std::string& stream) {
  return h264::split_annex_b({reinterpret_cast<const std::uint8_t*>(stream.data()), stream.size()});
}

TEST(TimeLapse, IsWhatOtherPlayersDecode) {
  const std::string red = key_frame("red", "1920x1080");
  const std::string other = key_frame("blue", "640x360");
  auto encoder = TimeLapse::of(units_of(red));
  ASSERT_TRUE(encoder) << encoder.error().detail;
  EXPECT_EQ(encoder->width(), 1280);
  EXPECT_EQ(encoder->height(), 720);
  std::vector<std::uint8_t> stream;
  int keyframes = 0;
  const auto take = [&](Result<EncodedPicture> picture) {
    ASSERT_TRUE(picture) << picture.error().detail;
    stream.insert(stream.end(), picture->stream.begin(), picture->stream.end());
    keyframes += picture->keyframe ? 1 : 0;
  };
  for (int i = 0; i < 10; ++i) take(encoder->add(Card{"Shine Studio", "Tata Harrier", {"Full PPF", "टाटा हैरियर"}}));
  for (int i = 0; i < 20; ++i) take(encoder->add(units_of(red)));
  for (int i = 0; i < 20; ++i) take(encoder->add(units_of(other)));
  EXPECT_EQ(keyframes, 2) << "of 25 pictures each";
  EXPECT_FALSE(encoder->add(units_of(red.substr(0, red.size() / 2)))) << "a torn one is left out";

  const auto file =
      std::filesystem::temp_directory_path() / ("pitview-time-lapse-" + std::to_string(getpid()) + ".h264");
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(stream.data()), static_cast<std::streamsize>(stream.size()));
  EXPECT_EQ(output_of("ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames -of csv=p=0 " +
                      file.string()),
            "1280,720,50\n");
  // The middle of the picture: the card's ground, then red, then blue.
  const std::string colours = output_of(
      "ffmpeg -v error -i " + file.string() +
      " -vf \"select='eq(n,5)+eq(n,20)+eq(n,45)',crop=16:16:8:8,scale=1:1\" -vsync 0 -pix_fmt rgb24 -f rawvideo -");
  ASSERT_EQ(colours.size(), 9U);
  const auto channel = [&](std::size_t i) { return static_cast<unsigned char>(colours[i]); };
  EXPECT_LT(channel(0), 40);
  EXPECT_GT(channel(3), 200);
  EXPECT_GT(channel(8), 200);
  if (const char* shots = std::getenv("PITVIEW_SCREENSHOTS"))
    output_of("ffmpeg -v error -y -i " + file.string() + " -frames:v 1 " + shots + "/card.png");
  std::filesystem::remove(file);
}

TEST(TimeLapse, OfNothingIsNone) {
  EXPECT_FALSE(TimeLapse::of({}));
  const std::string rubbish(200, 'x');
  EXPECT_FALSE(TimeLapse::of(units_of(rubbish)));
}

}  // namespace
}  // namespace pitview::stills
