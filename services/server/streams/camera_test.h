// What a look at a camera has shown, as clients get it.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"

namespace pitview::streams {

struct CameraTestCheck {
  std::string name;  // connection, codec, b_frames, resolution, frame_rate, key_frames, bitrate, clock, first_picture
  std::string verdict;   // pass, warn, fail
  std::string sentence;  // what was found, and what to do
};
BOOST_DESCRIBE_STRUCT(CameraTestCheck, (), (name, verdict, sentence))

struct CameraTest {
  PitId pit_id;
  std::string verdict;  // the worst of the checks
  std::vector<CameraTestCheck> checks;
  std::string codec;
  std::optional<std::string> profile;
  std::optional<unsigned> width;
  std::optional<unsigned> height;
  std::optional<double> frames_per_second;
  std::optional<double> keyframe_seconds;
  std::optional<double> kilobits_per_second;
  std::optional<bool> b_frames;
  std::optional<std::int64_t> first_picture_ms;
  std::optional<double> clock_offset_s;
};
BOOST_DESCRIBE_STRUCT(CameraTest, (),
                      (pit_id, verdict, checks, codec, profile, width, height, frames_per_second, keyframe_seconds,
                       kilobits_per_second, b_frames, first_picture_ms, clock_offset_s))

}  // namespace pitview::streams
