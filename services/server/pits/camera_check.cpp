#include "pits/camera_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace pitview::pits {
namespace {

std::string number(double value, int digits = 0) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

struct FaultSentence {
  std::string_view fault;
  std::string_view sentence;
};
constexpr std::array kFaults = {
    FaultSentence{"unreachable",
                  "Nothing answers at this address. Check the camera's power, its cable and the IP address."},
    FaultSentence{"unauthorized", "The camera refuses the user name or the password."},
    FaultSentence{"not_found", "The camera has no stream at this path. The usual one is /Streaming/Channels/101."},
    FaultSentence{"no_video", "The camera describes no video."},
    FaultSentence{"silent", "The camera answers, but no pictures come. Restart the camera."},
    FaultSentence{"closed", "The camera ended the connection. It may allow no more viewers: close other programs."},
    FaultSentence{"refused", "The camera refuses the stream. It may allow no more viewers: close other programs."},
    FaultSentence{"malformed", "What answers at this address is no camera that speaks RTSP."}};

CameraCheck connection(const std::string& fault) {
  const auto known = std::find_if(kFaults.begin(), kFaults.end(), [&](const auto& row) { return row.fault == fault; });
  const std::string sentence(known == kFaults.end() ? "The camera cannot be watched." : known->sentence);
  return {"connection", Verdict::fail, sentence};
}

CameraCheck codec(const CameraMeasurement& camera, const std::optional<SubStream>& sub_stream) {
  if (camera.codec == "H264")
    return {"codec", Verdict::pass, "H.264" + (camera.profile ? ", " + *camera.profile + " profile" : "") + "."};
  std::string sentence = "The camera sends " + (camera.codec == "H265" ? "H.265" : camera.codec) +
                         ", which browsers do not show. Set its video encoding to H.264";
  if (sub_stream) {
    sentence += ", or take its sub-stream, which is H.264";
    if (sub_stream->width && sub_stream->height)
      sentence += " of " + std::to_string(*sub_stream->width) + " × " + std::to_string(*sub_stream->height);
    sentence += ": " + sub_stream->path;
  }
  return {"codec", Verdict::fail, sentence + "."};
}

CameraCheck b_frames(bool has) {
  if (!has) return {"b_frames", Verdict::pass, "No B-frames."};
  return {"b_frames", Verdict::warn,
          "The camera sends B-frames: pictures come a second late. Set its profile to Baseline, or B-frames to 0."};
}

CameraCheck resolution(unsigned width, unsigned height) {
  const std::string size = std::to_string(width) + " × " + std::to_string(height);
  constexpr unsigned kEnough = 1280 * 720;
  constexpr unsigned kTooMuch = 2560 * 1440;
  if (width * height < kEnough)
    return {"resolution", Verdict::warn, size + ": a scratch will not be seen. Set at least 1280 × 720."};
  if (width * height > kTooMuch)
    return {"resolution", Verdict::warn, size + ": many phones cannot show it. Set 1920 × 1080."};
  return {"resolution", Verdict::pass, size + "."};
}

CameraCheck frame_rate(double rate) {
  const std::string text = number(rate) + " pictures a second";
  if (rate < 10) return {"frame_rate", Verdict::warn, text + ": movement will look jerky. Set 15."};
  if (rate > 31) return {"frame_rate", Verdict::warn, text + " cost line and battery for nothing. Set 15 to 25."};
  return {"frame_rate", Verdict::pass, text + "."};
}

CameraCheck key_frames(const std::optional<double>& every) {
  if (!every)
    return {
        "key_frames", Verdict::warn,
        "Key frames are so far apart that none was seen twice: who comes waits for long. Set the I-frame interval to "
        "2 s (twice the frame rate)."};
  const std::string text = "A key frame every " + number(*every, 1) + " s";
  if (*every > 4) return {"key_frames", Verdict::warn, text + ": after a loss the picture is away for long. Set 2 s."};
  return {"key_frames", Verdict::pass, text + "."};
}

CameraCheck bitrate(double kilobits) {
  const std::string text = number(kilobits / 1000, 1) + " Mbit/s";
  if (kilobits > 6'000)
    return {"bitrate", Verdict::warn, text + ": too much for the workshop's line and for phones. Set 2 Mbit/s."};
  if (kilobits < 300) return {"bitrate", Verdict::warn, text + ": the picture will be blurred. Set 2 Mbit/s."};
  return {"bitrate", Verdict::pass, text + "."};
}

CameraCheck clock(double offset_s) {
  constexpr double kTolerated = 5;
  if (std::abs(offset_s) <= kTolerated) return {"clock", Verdict::pass, "The camera's clock is right."};
  const double size = std::abs(offset_s);
  const std::string by = size < 120    ? number(size) + " s"
                         : size < 7200 ? number(size / 60) + " min"
                                       : number(size / 3600) + " h";
  return {"clock", Verdict::warn,
          "The camera's clock is " + by + (offset_s > 0 ? " ahead" : " behind") + ". Switch NTP on in the camera."};
}

CameraCheck first_picture(double seconds) {
  const std::string text = "The first picture came after " + number(seconds, 1) + " s";
  if (seconds > 3) return {"first_picture", Verdict::warn, text + ": the way to the camera is slow."};
  return {"first_picture", Verdict::pass, text + "."};
}

}  // namespace

std::string_view name_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::warn: return "warn";
    case Verdict::fail: return "fail";
  }
  return "fail";
}

std::vector<CameraCheck> judge_camera(const CameraMeasurement& camera, const std::optional<SubStream>& sub_stream) {
  std::vector<CameraCheck> checks;
  if (camera.fault && camera.codec.empty()) return {connection(*camera.fault)};
  checks.push_back({"connection", Verdict::pass, "The camera answers."});
  checks.push_back(codec(camera, sub_stream));
  if (checks.back().verdict == Verdict::fail) return checks;
  if (!camera.first_picture_s) {
    checks.front() = connection(camera.fault.value_or("silent"));
    return checks;
  }
  if (camera.b_frames) checks.push_back(b_frames(*camera.b_frames));
  if (camera.width && camera.height) checks.push_back(resolution(*camera.width, *camera.height));
  if (camera.frames_per_second) checks.push_back(frame_rate(*camera.frames_per_second));
  checks.push_back(key_frames(camera.keyframe_seconds));
  if (camera.kilobits_per_second) checks.push_back(bitrate(*camera.kilobits_per_second));
  if (camera.clock_offset_s) checks.push_back(clock(*camera.clock_offset_s));
  checks.push_back(first_picture(*camera.first_picture_s));
  return checks;
}

Verdict verdict_of(const std::vector<CameraCheck>& checks) noexcept {
  Verdict worst = Verdict::pass;
  for (const CameraCheck& check : checks) worst = std::max(worst, check.verdict);
  return worst;
}

}  // namespace pitview::pits
