#include "cameras_isapi/channel_settings.h"

#include <gmock/gmock.h>

#include "documents.h"
#include "pits/camera_check.h"

namespace pitview::cameras_isapi {
namespace {

XmlValues channel(const std::string& document) { return std::move(*XmlValues::read(document)); }
XmlValues video(const std::string& elements) {
  return channel("<StreamingChannel><Video>" + elements + "</Video></StreamingChannel>");
}

XmlValues set(const XmlValues& before, StreamKind kind) {
  std::vector<XmlChange> changes;
  for (const Setting& setting : read_settings(before, kind))
    changes.insert(changes.end(), setting.changes.begin(), setting.changes.end());
  return channel(before.changed(changes));
}

Setting setting(const XmlValues& channel, const std::string& name, StreamKind kind = StreamKind::main) {
  for (Setting& one : read_settings(channel, kind))
    if (one.name == name) return std::move(one);
  return {};
}

TEST(ChannelSettings, OfACameraOutOfItsBoxAreMadeRight) {
  const XmlValues right = set(channel(test::kFactory), StreamKind::main);
  EXPECT_EQ(right.find("Video/videoCodecType"), "H.264");
  EXPECT_EQ(right.find("Video/H264Profile"), "Baseline");
  EXPECT_EQ(right.find("Video/GovLength"), "50");
  EXPECT_EQ(right.find("Video/keyFrameInterval"), "2000");
  EXPECT_EQ(right.find("Video/videoQualityControlType"), "CBR");
  EXPECT_EQ(right.find("Video/constantBitRate"), "2048");
  EXPECT_EQ(right.find("Video/vbrUpperCap"), "8192") << "of no meaning at a constant rate";
  EXPECT_EQ(right.find("Video/SVC/enabled"), "false");
  EXPECT_EQ(right.find("Video/SmartCodec/enabled"), "false");
  EXPECT_EQ(right.find("Transport/Security/enabled"), "true");
  EXPECT_EQ(right.find("Video/maxFrameRate"), "2500") << "25 are good, and stay";
  for (const Setting& again : read_settings(right, StreamKind::main)) EXPECT_TRUE(again.changes.empty()) << again.name;
}

// What is chosen here and what is judged there must not drift apart.
TEST(ChannelSettings, MakeALookAtTheCameraFindNothingWrong) {
  for (const StreamKind kind : {StreamKind::main, StreamKind::sub}) {
    const XmlValues right = set(channel(test::kFactory), kind);
    const auto number = [&](const char* path) { return std::stod(std::string(right.find(path).value())); };
    const double rate = number("Video/maxFrameRate") / 100;
    const pits::CameraMeasurement seen{.fault = {},
                                       .codec = right.find("Video/videoCodecType") == "H.264" ? "H264" : "H265",
                                       .profile = {},
                                       .width = static_cast<unsigned>(number("Video/videoResolutionWidth")),
                                       .height = static_cast<unsigned>(number("Video/videoResolutionHeight")),
                                       .frames_per_second = rate,
                                       .keyframe_seconds = number("Video/GovLength") / rate,
                                       .kilobits_per_second = number("Video/constantBitRate"),
                                       .b_frames = right.find("Video/H264Profile") != "Baseline",
                                       .first_picture_s = 1,
                                       .clock_offset_s = {}};
    for (const pits::CameraCheck& check : pits::judge_camera(seen))
      EXPECT_EQ(check.verdict, pits::Verdict::pass) << check.name << ": " << check.sentence;
  }
}

TEST(ChannelSettings, LeaveOutWhatTheCameraHasNot) {
  EXPECT_TRUE(read_settings(video(""), StreamKind::main).empty());
  const auto only = read_settings(video("<videoCodecType>MJPEG</videoCodecType>"), StreamKind::main);
  ASSERT_EQ(only.size(), 1U);
  EXPECT_EQ(only[0].now, "MJPEG");
  EXPECT_EQ(only[0].wanted, "H.264");
}

TEST(ChannelSettings, CountKeyFramesByTheFrameRate) {
  const auto frames = [](const std::string& rate, const std::string& length) {
    return setting(video("<maxFrameRate>" + rate + "</maxFrameRate><GovLength>" + length + "</GovLength>"),
                   "key_frames");
  };
  EXPECT_EQ(frames("1250", "50").wanted, "25 pictures");
  EXPECT_EQ(frames("3000", "60").changes.size(), 0U);
  EXPECT_EQ(frames("600", "12").wanted, "30 pictures") << "of the frame rate that it will have";
  EXPECT_EQ(frames("0", "12").wanted, "30 pictures");
  EXPECT_EQ(setting(video("<keyFrameInterval>4000</keyFrameInterval>"), "key_frames").wanted, "2000 ms");
  const XmlValues agreed =
      video("<maxFrameRate>2500</maxFrameRate><keyFrameInterval>99</keyFrameInterval><GovLength>50</GovLength>");
  EXPECT_TRUE(setting(agreed, "key_frames").changes.empty()) << "what follows from it is the camera's to work out";
}

TEST(ChannelSettings, KeepAFrameRateThatIsGood) {
  const auto rate = [](const std::string& value) {
    return setting(video("<maxFrameRate>" + value + "</maxFrameRate>"), "frame_rate").wanted;
  };
  EXPECT_EQ(rate("1000"), "10 pictures a second");
  EXPECT_EQ(rate("1250"), "12.50 pictures a second");
  EXPECT_EQ(rate("3000"), "30 pictures a second");
  for (const char* wrong : {"999", "3001", "6000", "0", "auto"})
    EXPECT_EQ(rate(wrong), "15 pictures a second") << wrong;
}

TEST(ChannelSettings, KeepASizeThatIsGood) {
  const auto size = [](const std::string& width, const std::string& height, StreamKind kind) {
    return setting(video("<videoResolutionWidth>" + width + "</videoResolutionWidth><videoResolutionHeight>" + height +
                         "</videoResolutionHeight>"),
                   "resolution", kind)
        .wanted;
  };
  EXPECT_EQ(size("2560", "1440", StreamKind::main), "2560 × 1440");
  EXPECT_EQ(size("3840", "2160", StreamKind::main), "1920 × 1080");
  EXPECT_EQ(size("640", "480", StreamKind::main), "1920 × 1080");
  EXPECT_EQ(size("4294967295", "4294967295", StreamKind::main), "1920 × 1080");
  EXPECT_EQ(size("704", "576", StreamKind::sub), "704 × 576");
  EXPECT_EQ(size("1920", "1080", StreamKind::sub), "1280 × 720");
}

TEST(ChannelSettings, CapAVariableRateWhereThereIsNoConstantOne) {
  const XmlValues variable =
      video("<videoQualityControlType>VBR</videoQualityControlType><vbrUpperCap>8192</vbrUpperCap>");
  EXPECT_TRUE(setting(variable, "bitrate_type").name.empty());
  EXPECT_EQ(setting(variable, "bitrate").changes[0].path, "Video/vbrUpperCap");
  EXPECT_EQ(setting(variable, "bitrate").wanted, "2048 kbit/s");
  EXPECT_EQ(setting(variable, "bitrate", StreamKind::sub).wanted, "768 kbit/s");
}

TEST(ChannelSettings, ShowACamerasTextOnlyAsFarAsItIsPlain) {
  const XmlValues odd = video("<videoCodecType>\xff\x01" + std::string(500, 'x') + "</videoCodecType>");
  EXPECT_EQ(setting(odd, "codec").now, "??" + std::string(38, 'x'));
}

}  // namespace
}  // namespace pitview::cameras_isapi
