// The RTSP server as a client sees it (RFC 2326): what it describes, whom it
// lets in. The stream itself is played by the video gateway's tests.
#include "cameras.h"

#include <gtest/gtest.h>

#include "support.h"

namespace pitview::sim {
namespace {

CameraConfig camera(const std::string& path) {
  CameraConfig config;
  config.workshop_code = "workshop_001";
  config.pit_number = 1;
  config.path = path;
  return config;
}

RtspConfig on_free_port() {
  RtspConfig config;
  config.port = mqtt::test::free_port();
  return config;
}

std::string describe(const RtspConfig& rtsp, const std::string& path) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address(rtsp.address), rtsp.port});
  const std::string url = "rtsp://" + rtsp.address + ":" + std::to_string(rtsp.port) + path;
  const std::string request =
      "DESCRIBE " + url + " RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nConnection: close\r\n\r\n";
  asio::write(socket, asio::buffer(request));
  std::string answer;
  char some[4096];
  while (answer.find("\r\n\r\n") == std::string::npos ||
         (answer.starts_with("RTSP/1.0 200") && answer.find("a=rtpmap") == std::string::npos)) {
    error_code failure;
    const std::size_t size = socket.read_some(asio::buffer(some), failure);
    if (failure) break;
    answer.append(some, size);
  }
  return answer;
}

TEST(Cameras, DescribeH264ForEachPath) {
  const SystemClock clock;
  const RtspConfig rtsp = on_free_port();
  const auto cameras = Cameras::start(rtsp, {camera("/workshop_001/pit1"), camera("/workshop_001/pit2")}, clock);
  ASSERT_TRUE(cameras) << cameras.error().detail;
  for (const char* path : {"/workshop_001/pit1", "/workshop_001/pit2"}) {
    const std::string answer = describe(rtsp, path);
    EXPECT_TRUE(answer.starts_with("RTSP/1.0 200")) << answer;
    EXPECT_NE(answer.find("H264/90000"), std::string::npos) << answer;
    EXPECT_NE(answer.find("profile-level-id=42"), std::string::npos) << answer;
  }
  EXPECT_TRUE(describe(rtsp, "/workshop_001/pit3").starts_with("RTSP/1.0 404"));
}

TEST(Cameras, CanBeWhatAWorkshopMayHave) {
  const SystemClock clock;
  const RtspConfig rtsp = on_free_port();
  CameraConfig modern = camera("/h265");
  modern.codec = "h265";
  CameraConfig reordering = camera("/b-frames");
  reordering.b_frames = 2;
  reordering.gop_frames = 60;
  const auto cameras = Cameras::start(rtsp, {modern, reordering}, clock);
  ASSERT_TRUE(cameras) << cameras.error().detail;
  EXPECT_NE(describe(rtsp, "/h265").find("H265/90000"), std::string::npos);
  EXPECT_NE(describe(rtsp, "/b-frames").find("profile-level-id=4d"), std::string::npos) << "main profile";
}

TEST(Cameras, WithAUserNameAskForThePassword) {
  const SystemClock clock;
  const RtspConfig rtsp = on_free_port();
  CameraConfig guarded = camera("/pit1");
  guarded.username = "viewer";
  guarded.password = "pw";
  const auto cameras = Cameras::start(rtsp, {guarded}, clock);
  ASSERT_TRUE(cameras) << cameras.error().detail;
  const std::string answer = describe(rtsp, "/pit1");
  EXPECT_TRUE(answer.starts_with("RTSP/1.0 401")) << answer;
  EXPECT_NE(answer.find("WWW-Authenticate: Digest"), std::string::npos) << answer;
}

TEST(Cameras, SayWhenTheirPortIsTaken) {
  const SystemClock clock;
  const RtspConfig rtsp = on_free_port();
  const auto first = Cameras::start(rtsp, {camera("/pit1")}, clock);
  ASSERT_TRUE(first);
  const auto second = Cameras::start(rtsp, {camera("/pit1")}, clock);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find(std::to_string(rtsp.port)), std::string::npos);
}

}  // namespace
}  // namespace pitview::sim
