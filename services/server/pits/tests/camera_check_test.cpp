#include "pits/camera_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pitview::pits {
namespace {

using testing::HasSubstr;

CameraMeasurement good() {
  return {.codec = "H264",
          .profile = "Main",
          .width = 1920,
          .height = 1080,
          .frames_per_second = 15,
          .keyframe_seconds = 2,
          .kilobits_per_second = 2'048,
          .b_frames = false,
          .first_picture_s = 0.8,
          .clock_offset_s = 0.4};
}

const CameraCheck* find(const std::vector<CameraCheck>& checks, std::string_view name) {
  for (const CameraCheck& check : checks)
    if (check.name == name) return &check;
  return nullptr;
}

TEST(CameraCheck, AGoodCameraPassesEveryCheck) {
  const auto checks = judge_camera(good());
  EXPECT_EQ(checks.size(), 9U);
  for (const CameraCheck& check : checks) EXPECT_EQ(check.verdict, Verdict::pass) << check.name << check.sentence;
  EXPECT_EQ(verdict_of(checks), Verdict::pass);
}

struct Case {
  const char* check;
  void (*spoil)(CameraMeasurement&);
  Verdict verdict;
  const char* words;
};

class Spoiled : public testing::TestWithParam<Case> {};

TEST_P(Spoiled, IsTold) {
  CameraMeasurement camera = good();
  GetParam().spoil(camera);
  const auto checks = judge_camera(camera);
  const CameraCheck* found = find(checks, GetParam().check);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->verdict, GetParam().verdict) << found->sentence;
  EXPECT_THAT(found->sentence, HasSubstr(GetParam().words));
  EXPECT_EQ(verdict_of(checks), GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    Camera, Spoiled,
    testing::Values(Case{"codec", [](auto& c) { c.codec = "H265"; }, Verdict::fail, "Set its video encoding to H.264"},
                    Case{"codec", [](auto& c) { c.codec = "JPEG"; }, Verdict::fail, "JPEG"},
                    Case{"connection", [](auto& c) { c.first_picture_s.reset(); }, Verdict::fail, "no pictures come"},
                    Case{"b_frames", [](auto& c) { c.b_frames = true; }, Verdict::warn, "B-frames to 0"},
                    Case{"resolution", [](auto& c) { c.width = 640, c.height = 480; }, Verdict::warn, "at least 1280"},
                    Case{"resolution", [](auto& c) { c.width = 3840, c.height = 2160; }, Verdict::warn, "3840 × 2160"},
                    Case{"frame_rate", [](auto& c) { c.frames_per_second = 6; }, Verdict::warn, "jerky"},
                    Case{"frame_rate", [](auto& c) { c.frames_per_second = 60; }, Verdict::warn, "for nothing"},
                    Case{"key_frames", [](auto& c) { c.keyframe_seconds = 5.5; }, Verdict::warn, "5.5 s"},
                    Case{"key_frames", [](auto& c) { c.keyframe_seconds.reset(); }, Verdict::warn, "I-frame interval"},
                    Case{"bitrate", [](auto& c) { c.kilobits_per_second = 8'192; }, Verdict::warn, "8.2 Mbit/s"},
                    Case{"bitrate", [](auto& c) { c.kilobits_per_second = 120; }, Verdict::warn, "blurred"},
                    Case{"clock", [](auto& c) { c.clock_offset_s = -19'800; }, Verdict::warn, "6 h behind"},
                    Case{"clock", [](auto& c) { c.clock_offset_s = 300; }, Verdict::warn, "5 min ahead"},
                    Case{"first_picture", [](auto& c) { c.first_picture_s = 4; }, Verdict::warn, "4.0 s"}));

TEST(CameraCheck, ASubStreamThatCanBeShownIsOffered) {
  const auto checks = judge_camera({.codec = "H265"}, SubStream{"/Streaming/Channels/102", 640, 360});
  const CameraCheck* codec = find(checks, "codec");
  ASSERT_NE(codec, nullptr);
  EXPECT_EQ(codec->verdict, Verdict::fail);
  EXPECT_THAT(codec->sentence, HasSubstr("H.264 of 640 × 360: /Streaming/Channels/102."));
}

TEST(CameraCheck, ACameraThatIsNotReachedIsJudgedByNothingElse) {
  for (const char* fault :
       {"unreachable", "unauthorized", "not_found", "no_video", "silent", "closed", "refused", "malformed", "new"}) {
    const auto checks = judge_camera({.fault = fault});
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].verdict, Verdict::fail);
    EXPECT_GT(checks[0].sentence.size(), 20U);
  }
}

}  // namespace
}  // namespace pitview::pits
