// Whether a camera is fit for live viewing, and what to do where it is not. Pure rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::pits {

// What was seen of a camera in some seconds; what was not seen is empty.
struct CameraMeasurement {
  std::optional<std::string> fault;  // why there was no picture: unreachable, unauthorized, not_found, silent, …
  std::string codec;                 // H264, H265, …; "" when the camera was not reached
  std::optional<std::string> profile;
  std::optional<unsigned> width;
  std::optional<unsigned> height;
  std::optional<double> frames_per_second;
  std::optional<double> keyframe_seconds;
  std::optional<double> kilobits_per_second;
  std::optional<bool> b_frames;
  std::optional<double> first_picture_s;
  std::optional<double> clock_offset_s;  // above 0: ahead of ours
};

enum class Verdict { pass, warn, fail };
// "pass", "warn", "fail".
std::string_view name_of(Verdict verdict) noexcept;

struct CameraCheck {
  std::string name;  // connection, codec, b_frames, resolution, frame_rate, key_frames, bitrate, clock, first_picture
  Verdict verdict = Verdict::pass;
  std::string sentence;  // what was found and what to do
};

// The sub-stream of the same camera, when the main one cannot be shown (decision D20).
struct SubStream {
  std::string path;  // /Streaming/Channels/102
  std::optional<unsigned> width;
  std::optional<unsigned> height;
};

// In the order in which they matter. One check that fails leaves out those that need it.
std::vector<CameraCheck> judge_camera(const CameraMeasurement& camera,
                                      const std::optional<SubStream>& sub_stream = std::nullopt);

// The worst of all.
Verdict verdict_of(const std::vector<CameraCheck>& checks) noexcept;

}  // namespace pitview::pits
