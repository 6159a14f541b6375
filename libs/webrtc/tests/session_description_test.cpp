#include "pitview/webrtc/session_description.h"

#include <gmock/gmock.h>

namespace pitview::webrtc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// As Chromium writes it for a transceiver that only receives video, shortened.
const std::string kFingerprint =
    "AB:CD:EF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC";

std::string chromium() {
  return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=extmap-allow-mixed\r\n"
         "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 106\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
         "a=ice-ufrag:Yt3p\r\na=ice-pwd:h6vYVOkJxbRl1RmTxUkWvJxBt\r\na=ice-options:trickle\r\n"
         "a=fingerprint:sha-256 " +
         kFingerprint +
         "\r\na=setup:actpass\r\na=mid:1\r\n"
         "a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
         "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
         "a=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
         "a=rtpmap:97 H264/90000\r\na=fmtp:97 "
         "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f\r\n"
         "a=rtpmap:102 H264/90000\r\na=rtcp-fb:102 nack\r\na=rtcp-fb:102 nack pli\r\na=rtcp-fb:102 ccm fir\r\n"
         "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
         "a=rtpmap:106 H264/90000\r\na=fmtp:106 "
         "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f\r\n";
}

std::string without(std::string_view line) {
  std::string text = chromium();
  text.erase(text.find(line), line.size() + 2);
  return text;
}

TEST(Offer, OfABrowserIsRead) {
  const auto offer = parse_offer(chromium());
  ASSERT_TRUE(offer) << offer.error().detail;
  EXPECT_EQ(offer->ice_ufrag, "Yt3p");
  EXPECT_EQ(offer->fingerprint[0], 0xab);
  EXPECT_EQ(offer->media.size(), 2U);
  EXPECT_EQ(offer->video, 1U);
  ASSERT_EQ(offer->formats.size(), 2U);
  EXPECT_EQ(offer->formats[0].payload_type, 102);
  EXPECT_TRUE(offer->formats[0].nack);
  EXPECT_TRUE(offer->formats[0].picture_loss);
  EXPECT_EQ(offer->mid_extension, 2);
  EXPECT_EQ(offer->playout_delay_extension, 5);
}

TEST(Offer, TheFormatOfTheStreamsProfileIsTaken) {
  const auto offer = parse_offer(chromium());
  ASSERT_TRUE(offer);
  EXPECT_EQ(best_format(*offer, "640028").payload_type, 106);
  EXPECT_EQ(best_format(*offer, "42e01f").payload_type, 102);
  EXPECT_EQ(best_format(*offer, "4d0028").payload_type, 102) << "no main profile offered: constrained baseline";
  EXPECT_EQ(best_format(*offer, "").payload_type, 102);
}

TEST(Offer, ThatCannotBeAnsweredIsRefusedWithAReason) {
  const auto reason = [](const std::string& sdp) {
    const auto offer = parse_offer(sdp);
    return offer ? std::string("taken") : offer.error().detail;
  };
  EXPECT_THAT(reason("<html>"), HasSubstr("no session description"));
  EXPECT_THAT(reason("v=0\r\n"), HasSubstr("asks for no video"));
  EXPECT_THAT(reason(without("a=fingerprint:sha-256 " + kFingerprint)), HasSubstr("fingerprint"));
  EXPECT_THAT(reason(without("a=ice-ufrag:Yt3p")), HasSubstr("ICE"));
  EXPECT_THAT(reason(without("a=setup:actpass")), HasSubstr("setup"));
  std::string vp8 = chromium();
  for (std::size_t at; (at = vp8.find("H264")) != std::string::npos;) vp8.replace(at, 4, "H265");
  EXPECT_THAT(reason(vp8), HasSubstr("no H.264"));
  std::string sending = chromium();
  sending.replace(sending.find("recvonly"), 8, "sendonly");
  EXPECT_THAT(reason(sending), HasSubstr("does not want to receive"));
  EXPECT_THAT(reason(std::string("v=0\r\n") + std::string(kMaxOfferBytes, 'x')), HasSubstr("64 KiB"));
  std::string many = "v=0\r\n";
  for (int i = 0; i < 20; ++i) many += "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";
  EXPECT_THAT(reason(many), HasSubstr("16 media lines"));
}

TEST(Answer, SendsVideoAndDeclinesTheRest) {
  const auto offer = parse_offer(chromium());
  ASSERT_TRUE(offer);
  Answer answer{.ice_ufrag = "abcd1234",
                .ice_password = "0123456789012345678901",
                .ssrc = 7,
                .cname = "pitview",
                .candidates = {{"192.0.2.1", 8189, false}, {"192.0.2.1", 8190, true}},
                .profile_level_id = "64002a"};
  answer.fingerprint[31] = 0x0f;
  const std::string sdp = write_answer(*offer, best_format(*offer, "64002a"), answer);
  EXPECT_THAT(sdp, HasSubstr("m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n"));
  EXPECT_THAT(sdp, HasSubstr("m=video 8189 UDP/TLS/RTP/SAVPF 106\r\nc=IN IP4 192.0.2.1\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=group:BUNDLE 1\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=ice-lite\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=setup:passive\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64002a\r\n"));
  EXPECT_THAT(sdp, HasSubstr(":0F\r\n"));
  EXPECT_THAT(sdp, HasSubstr("192.0.2.1 8189 typ host\r\n"));
  EXPECT_THAT(sdp, HasSubstr("192.0.2.1 8190 typ host tcptype passive\r\n"));
  EXPECT_THAT(sdp, Not(HasSubstr("nack"))) << "what the browser did not offer for that format";
}

TEST(Answer, RepeatsNothingThatCouldBreakItsLines) {
  std::string sdp = chromium();
  sdp.replace(sdp.find("a=mid:1"), 7, "a=mid:1\tx");
  EXPECT_FALSE(parse_offer(sdp));
}

}  // namespace
}  // namespace pitview::webrtc
