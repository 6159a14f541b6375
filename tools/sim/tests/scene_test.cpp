#include "scene.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace pitview::sim {
namespace {

using std::chrono::milliseconds;

constexpr int kWidth = 640;
constexpr int kHeight = 360;

SceneOptions options(Body body = Body::suv) {
  SceneOptions options;
  options.width = kWidth;
  options.height = kHeight;
  options.title = "Pit 1";
  options.body = body;
  options.colour = rgb(0x2f5c9e);
  return options;
}

std::vector<std::uint8_t> frame(Scene& scene, Timestamp t) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(kWidth) * kHeight * 4);
  scene.draw(t, pixels.data(), kWidth * 4);
  return pixels;
}

std::size_t changed(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b, int top, int bottom) {
  std::size_t count = 0;
  for (auto i = static_cast<std::size_t>(top) * kWidth * 4; i < static_cast<std::size_t>(bottom) * kWidth * 4; ++i)
    if (std::abs(a[i] - b[i]) > 24) ++count;
  return count;
}

const Timestamp kNoon = *parse_iso8601("2026-11-24T06:30:00Z");

TEST(Scene, TheSameMomentIsTheSamePicture) {
  Scene scene(options());
  EXPECT_EQ(frame(scene, kNoon), frame(scene, kNoon));
}

TEST(Scene, ClockAndTechnicianMoveAndTheRoomDoesNot) {
  Scene scene(options());
  const auto now = frame(scene, kNoon);
  const auto later = frame(scene, kNoon + milliseconds(700));
  EXPECT_GT(changed(now, later, 335, 350), 20U) << "the clock";
  EXPECT_GT(changed(now, later, 170, 300), 50U) << "the technician";
  EXPECT_EQ(changed(now, later, 0, 140), 0U) << "the ceiling";
}

TEST(Scene, TheCarHasItsColour) {
  SceneOptions red = options(Body::sedan);
  red.colour = rgb(0xb01020);
  Scene scene(red);
  const auto pixels = frame(scene, kNoon);
  // Reddish pixels where the car stands.
  int reddish = 0;
  for (int y = 230; y < 290; ++y)
    for (int x = 140; x < 520; ++x) {
      const std::uint8_t* pixel = &pixels[(static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)) * 4];
      if (pixel[2] > pixel[0] + 40) ++reddish;
    }
  EXPECT_GT(reddish, 5'000);
}

TEST(Scene, TheClockShowsTheWorkshopsTimeWithTenths) {
  EXPECT_EQ(clock_text(*parse_iso8601("2026-11-24T04:01:05.449Z")), "24 Nov 2026  09:31:05.4");
  EXPECT_EQ(clock_text(*parse_iso8601("2026-12-31T20:00:00Z")), "01 Jan 2027  01:30:00.0");
}

TEST(Scene, KnownModelsHaveTheirBody) {
  EXPECT_EQ(body_of("Tata Harrier"), Body::suv);
  EXPECT_EQ(body_of("Škoda Slavia"), Body::sedan);
}

}  // namespace
}  // namespace pitview::sim
