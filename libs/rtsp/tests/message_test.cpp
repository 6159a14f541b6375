#include "pitview/rtsp/message.h"

#include <gmock/gmock.h>

namespace pitview::rtsp {
namespace {

using ::testing::ElementsAre;

void feed(Parser& parser, std::string_view text) {
  const auto room = parser.prepare(text.size());
  std::copy(text.begin(), text.end(), room.begin());
  parser.commit(text.size());
}

TEST(Request, IsWrittenAsRfc2326Says) {
  EXPECT_EQ(write({"SETUP", "rtsp://camera/1", 3, {{"Transport", "RTP/AVP/TCP"}}}),
            "SETUP rtsp://camera/1 RTSP/1.0\r\nCSeq: 3\r\nUser-Agent: PitView\r\nTransport: RTP/AVP/TCP\r\n\r\n");
}

TEST(Parser, TakesAResponseWithItsBodyInAnyPieces) {
  const std::string_view text = "RTSP/1.0 200 OK\r\nCSeq: 1\r\ncontent-length: 5\r\n\r\nv=0\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    Parser parser;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      auto early = parser.next();
      ASSERT_TRUE(early);
      ASSERT_FALSE(*early);
      feed(parser, text.substr(at, piece));
    }
    auto message = parser.next();
    ASSERT_TRUE(message && *message) << piece;
    const auto& response = std::get<Response>(**message);
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.reason, "OK");
    EXPECT_EQ(response.header("CSEQ"), "1");
    EXPECT_EQ(response.body, "v=0\r\n");
  }
}

TEST(Parser, TellsPacketsFromMessages) {
  Parser parser;
  feed(parser, std::string_view("$\0\0\3abcRTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n$\1\0\1z", 40));
  auto first = parser.next();
  ASSERT_TRUE(first && *first);
  const auto& packet = std::get<Interleaved>(**first);
  EXPECT_EQ(packet.channel, 0);
  EXPECT_THAT(packet.payload, ElementsAre('a', 'b', 'c'));
  auto second = parser.next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ(std::get<Response>(**second).header("CSeq"), "9");
  auto third = parser.next();
  ASSERT_TRUE(third && *third);
  EXPECT_EQ(std::get<Interleaved>(**third).channel, 1);
  auto nothing = parser.next();
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
}

TEST(Parser, TakesRequestsOfTheCamera) {
  Parser parser;
  feed(parser, "OPTIONS rtsp://server/ RTSP/1.0\r\nCSeq: 4\r\n\r\n");
  auto message = parser.next();
  ASSERT_TRUE(message && *message);
  EXPECT_EQ(std::get<PeerRequest>(**message).method, "OPTIONS");
  EXPECT_EQ(std::get<PeerRequest>(**message).cseq, "4");
}

TEST(Parser, TakesLinesThatEndWithLineFeedAlone) {
  Parser parser;
  feed(parser, "RTSP/1.0 404 Not Found\nCSeq: 1\n\n");
  auto message = parser.next();
  ASSERT_TRUE(message && *message);
  EXPECT_EQ(std::get<Response>(**message).status, 404U);
}

TEST(Parser, RefusesWhatIsNoRtspOrTooMuch) {
  for (const std::string& text :
       {std::string("HTTP/1.1 200 OK\r\n\r\n"), std::string("RTSP/1.0 OK\r\n\r\n"),
        std::string("RTSP/1.0 999 X\r\n\r\n"), std::string("RTSP/1.0 200 OK\r\nContent-Length: 65537\r\n\r\n"),
        std::string("RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n"),
        "RTSP/1.0 200 OK\r\nX: " + std::string(Parser::kMaxHeader, 'x')}) {
    Parser parser;
    feed(parser, text);
    EXPECT_FALSE(parser.next()) << text.substr(0, 60);
  }
}

TEST(Session, HasAnIdAndATimeout) {
  EXPECT_EQ(parse_session("4F2A;timeout=30").id, "4F2A");
  EXPECT_EQ(parse_session("4F2A; timeout=30").timeout_s, 30U);
  EXPECT_EQ(parse_session("4F2A").timeout_s, 60U);
  EXPECT_EQ(parse_session("4F2A;timeout=0").timeout_s, 60U);
}

TEST(Parameter, IsFoundByItsNameInAnyCase) {
  constexpr std::string_view kTransport = "RTP/AVP;unicast;Server_Port=6970-6971;ssrc=1A2B";
  EXPECT_EQ(parameter(kTransport, "server_port"), "6970-6971");
  EXPECT_EQ(parameter(kTransport, "unicast"), "");
  EXPECT_FALSE(parameter(kTransport, "interleaved"));
}

}  // namespace
}  // namespace pitview::rtsp
