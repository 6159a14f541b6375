#include "cameras_isapi/channel_settings.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace pitview::cameras_isapi {
namespace {

constexpr unsigned kKeyFrameSeconds = 2;
constexpr unsigned kUsualFrameRate = 2500;  // hundredths of a picture a second, as ISAPI has them

struct Bitrate {
  unsigned lowest;
  unsigned usual;
  unsigned highest;  // kbit/s
};
// Narrower than what is judged (0.3 to 6 Mbit/s), because encoders overshoot what they are told.
constexpr Bitrate kMainBitrate{1024, 2048, 4096};
constexpr Bitrate kSubBitrate{384, 768, 2048};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<unsigned> number(std::optional<std::string_view> text) {
  unsigned value = 0;
  if (!text) return std::nullopt;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failure != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

// What a camera says goes to people and into the log of changes: some plain characters of it.
std::string shown(std::string_view value) {
  std::string text;
  for (const char c : value.substr(0, 40)) text.push_back(c >= ' ' && c < '\x7f' ? c : '?');
  return text;
}

using Values = std::vector<std::string>;

std::string as_it_is(const Values& values) { return values[0]; }
std::string on_or_off(const Values& values) {
  return same(values[0], "true") ? "on" : same(values[0], "false") ? "off" : values[0];
}
std::string size(const Values& values) { return values[0] + " × " + values[1]; }
std::string pictures(const Values& values) { return values[0] + " pictures"; }
std::string milliseconds(const Values& values) { return values[0] + " ms"; }
std::string kilobits(const Values& values) { return values[0] + " kbit/s"; }
std::string rate(const Values& values) {
  const auto hundredths = number(values[0]);
  if (!hundredths) return values[0];
  if (*hundredths == 0) return "as many pictures as it can";
  std::string text = std::to_string(*hundredths / 100);
  if (*hundredths % 100 != 0) text += "." + std::to_string(100 + *hundredths % 100).substr(1);
  return text + " pictures a second";
}

class Reader {
 public:
  Reader(const XmlValues& channel, StreamKind kind) : channel_(channel), kind_(kind) {}

  std::vector<Setting> all() {
    add("stream", "The stream", {{"enabled", "true"}}, on_or_off);
    add("codec", "The video encoding", {{"Video/videoCodecType", "H.264"}}, as_it_is);
    // ISAPI has no word for B-frames; the Baseline profile has none, others may.
    add("profile", "The profile", {{"Video/H264Profile", "Baseline"}}, as_it_is);
    resolution();
    add("frame_rate", "The frame rate", {{"Video/maxFrameRate", std::to_string(frame_rate())}}, rate);
    key_frames();
    bitrate();
    // Layers of pictures that browsers have not asked for and may not decode.
    add("svc", "SVC", {{"Video/SVC/enabled", "false"}}, on_or_off);
    // "H.264+" makes the distance of key frames and the bitrate what it likes.
    add("smart_codec", "H.264+", {{"Video/SmartCodec/enabled", "false"}}, on_or_off);
    return std::move(settings_);
  }

 private:
  using Show = std::string (*)(const Values&);

  // Nothing when the camera has not all of it.
  void add(const char* name, const char* label, const std::vector<XmlChange>& wanted, Show show) {
    Values now;
    Values then;
    Setting setting{.name = name, .label = label, .now = {}, .wanted = {}};
    for (const XmlChange& one : wanted) {
      const auto value = channel_.find(one.path);
      if (!value) return;
      if (!same(*value, one.value)) setting.changes.push_back(one);
      now.push_back(shown(*value));
      then.push_back(one.value);
    }
    setting.now = show(now);
    setting.wanted = setting.changes.empty() ? setting.now : show(then);
    settings_.push_back(std::move(setting));
  }

  bool has(const char* path) const { return channel_.find(path).has_value(); }

  void resolution() {
    constexpr const char* kWidth = "Video/videoResolutionWidth";
    constexpr const char* kHeight = "Video/videoResolutionHeight";
    const unsigned width = number(channel_.find(kWidth)).value_or(0);
    const unsigned height = number(channel_.find(kHeight)).value_or(0);
    const bool main = kind_ == StreamKind::main;
    constexpr std::uint64_t kSmallest = std::uint64_t{1280} * 720;
    constexpr std::uint64_t kLargest = std::uint64_t{2560} * 1440;
    const std::uint64_t area = std::uint64_t{width} * height;
    const bool right = main ? area >= kSmallest && area <= kLargest : area > 0 && width <= 1280 && height <= 720;
    const auto text = [&](unsigned now, unsigned wanted) { return std::to_string(right ? now : wanted); };
    add("resolution", "The resolution",
        {{kWidth, text(width, main ? 1920 : 1280)}, {kHeight, text(height, main ? 1080 : 720)}}, size);
  }

  // Hundredths. 0 is a camera's word for "as many as I can", which nobody can count key frames by.
  unsigned frame_rate() const {
    const auto now = number(channel_.find("Video/maxFrameRate"));
    if (!now && !has("Video/maxFrameRate")) return kUsualFrameRate;
    return now && *now >= 1000 && *now <= 3000 ? *now : 1500;
  }

  void key_frames() {
    constexpr const char* kPictures = "Video/GovLength";
    constexpr const char* kTime = "Video/keyFrameInterval";
    const XmlChange time{kTime, std::to_string(kKeyFrameSeconds * 1000)};
    if (!has(kPictures)) return add("key_frames", "The I-frame interval", {time}, milliseconds);
    const unsigned wanted = (kKeyFrameSeconds * frame_rate() + 50) / 100;
    add("key_frames", "The I-frame interval", {{kPictures, std::to_string(wanted)}}, pictures);
    // The same said as a time, which cameras work out themselves, must not contradict it.
    Setting& added = settings_.back();
    if (!added.changes.empty() && has(kTime)) added.changes.push_back(time);
  }

  void bitrate() {
    constexpr const char* kType = "Video/videoQualityControlType";
    constexpr const char* kConstant = "Video/constantBitRate";
    // A still picture at a variable rate falls below what is judged as blurred, and one with
    // movement bursts: constant where the camera has it, else the variable one is capped.
    const bool constant = has(kConstant);
    if (constant) add("bitrate_type", "The bitrate type", {{kType, "CBR"}}, as_it_is);
    const char* path = constant ? kConstant : "Video/vbrUpperCap";
    const Bitrate& limits = kind_ == StreamKind::main ? kMainBitrate : kSubBitrate;
    const unsigned now = number(channel_.find(path)).value_or(0);
    const bool right = now >= limits.lowest && now <= limits.highest;
    add("bitrate", "The bitrate", {{path, std::to_string(right ? now : limits.usual)}}, kilobits);
  }

  const XmlValues& channel_;
  const StreamKind kind_;
  std::vector<Setting> settings_;
};

}  // namespace

std::vector<Setting> read_settings(const XmlValues& channel, StreamKind kind) { return Reader(channel, kind).all(); }

}  // namespace pitview::cameras_isapi
