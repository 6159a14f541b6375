#include "pitview/rtsp/description.h"

#include <gmock/gmock.h>

#include "pitview/rtsp/url.h"

namespace pitview::rtsp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kCamera =
    "v=0\r\no=- 1 1 IN IP4 192.168.1.64\r\ns=Media Presentation\r\na=control:rtsp://192.168.1.64/main/\r\n"
    "m=video 0 RTP/AVP 96\r\na=control:trackID=1\r\na=rtpmap:96 h264/90000\r\n"
    "a=fmtp:96 profile-level-id=42e01f; packetization-mode=1; sprop-parameter-sets=Z0LgHw==,aM48gA==\r\n"
    "m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\na=rtpmap:8 PCMA/8000\r\n";

TEST(Description, NamesTheVideoAndHowToAskForIt) {
  const auto description = parse_description(kCamera);
  ASSERT_TRUE(description);
  EXPECT_EQ(description->control, "rtsp://192.168.1.64/main/");
  EXPECT_TRUE(description->has_audio);
  ASSERT_EQ(description->videos.size(), 1U);
  const VideoTrack& video = description->videos[0];
  EXPECT_EQ(video.codec, "H264");
  EXPECT_EQ(video.payload_type, 96);
  EXPECT_EQ(video.clock_rate, 90'000U);
  EXPECT_EQ(video.control, "trackID=1");
  EXPECT_EQ(video.packetization_mode, 1U);
  EXPECT_THAT(video.parameter_sets, ElementsAre("\x67\x42\xe0\x1f", "\x68\xce\x3c\x80"));
}

TEST(Description, PassesOverWhatIsBroken) {
  const auto description = parse_description(
      "v=0\nm=video 0 RTP/AVP x\na=control:1\nm=video 0 RTP/AVP 97\na=rtpmap:96 H264/90000\na=rtpmap:97 H265/0\n"
      "a=fmtp:97 sprop-parameter-sets=***,\nx\n");
  ASSERT_TRUE(description);
  ASSERT_EQ(description->videos.size(), 1U);
  EXPECT_EQ(description->videos[0].codec, "H265");
  EXPECT_EQ(description->videos[0].clock_rate, 90'000U);
  EXPECT_TRUE(description->videos[0].parameter_sets.empty());
}

TEST(Description, ThatIsNoneIsRefused) {
  EXPECT_FALSE(parse_description(""));
  EXPECT_FALSE(parse_description("<html>"));
}

TEST(Url, HasItsPartsAndKeepsSecretsToItself) {
  const auto url = parse_url("rtsp://admin:p%40ss:w@rd@192.168.1.64:8554/Streaming/Channels/101?x=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->username, "admin");
  EXPECT_EQ(url->password, "p@ss:w@rd");
  EXPECT_EQ(url->host, "192.168.1.64");
  EXPECT_EQ(url->port, 8554);
  EXPECT_EQ(url->text(), "rtsp://192.168.1.64:8554/Streaming/Channels/101?x=1");
}

TEST(Url, OfIpv6HasBrackets) {
  const auto url = parse_url("rtsp://[fd00::64]/live");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "fd00::64");
  EXPECT_EQ(url->port, 554);
  EXPECT_EQ(url->text(), "rtsp://[fd00::64]/live");
}

TEST(Url, ThatIsNoneIsRefusedWithAReason) {
  for (const char* text : {"http://camera/", "rtsp://", "rtsp:///x", "rtsp://camera:0/", "rtsp://camera:65536/",
                           "rtsp://cam era/", "rtsp://camera/\r\nX: 1", "rtsp://[fd00::1/", "rtsps://camera/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error().detail, HasSubstr("The camera's address "));
  }
}

TEST(ControlUrl, IsAbsoluteRelativeOrTheBase) {
  EXPECT_EQ(control_url("rtsp://camera/main", "trackID=1"), "rtsp://camera/main/trackID=1");
  EXPECT_EQ(control_url("rtsp://camera/main/", "trackID=1"), "rtsp://camera/main/trackID=1");
  EXPECT_EQ(control_url("rtsp://camera/main", "rtsp://camera/x"), "rtsp://camera/x");
  EXPECT_EQ(control_url("rtsp://camera/main", "*"), "rtsp://camera/main");
}

}  // namespace
}  // namespace pitview::rtsp
