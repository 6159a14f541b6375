#include "cameras_isapi/isapi_address.h"

#include <gtest/gtest.h>

namespace pitview::cameras_isapi {
namespace {

unsigned camera(const std::string& path) {
  const auto address = isapi_address_of("rtsp://10.64.0.1:554" + path, std::nullopt);
  return address ? address->camera : 0;
}

TEST(IsapiAddress, IsThatOfTheStreamWithThePortOfHttp) {
  const auto address = isapi_address_of("rtsp://admin:p%40ss@10.64.0.1:8554/Streaming/Channels/101", std::nullopt);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->ip, "10.64.0.1");
  EXPECT_EQ(address->port, 80);
  EXPECT_EQ(address->username, "admin");
  EXPECT_EQ(address->password, "p@ss");
  EXPECT_EQ(isapi_address_of("rtsps://10.64.0.1/", 8080)->port, 8080);
}

TEST(IsapiAddress, NamesTheCameraOfARecorder) {
  for (const char* path : {"", "/", "/Streaming/Channels/101", "/Streaming/channels/102?transportmode=unicast",
                           "/Streaming/Channels/1", "/ISAPI/Streaming/Channels/103/", "/h264/ch1/main/av_stream"})
    EXPECT_EQ(camera(path), 1U) << path;
  EXPECT_EQ(camera("/Streaming/Channels/301"), 3U);
  EXPECT_EQ(camera("/Streaming/Channels/1602"), 16U);
  EXPECT_EQ(camera("/h264/ch4/sub/av_stream"), 4U);
}

TEST(IsapiAddress, TouchesNoCameraWhenItCannotTellWhich) {
  for (const char* path : {"/Streaming/Channels/", "/Streaming/Channels/2", "/Streaming/Channels/x01",
                           "/Streaming/Channels/99999999999", "/Streaming/Channels/900001", "/av_stream"})
    EXPECT_EQ(camera(path), 0U) << path;
}

TEST(IsapiAddress, IsNoName) {
  for (const char* url : {"rtsp://camera/", "rtsp://10.64.0.1#/", "rtsp://user:pw@/", "http://10.64.0.1/"})
    EXPECT_FALSE(isapi_address_of(url, std::nullopt)) << url;
}

}  // namespace
}  // namespace pitview::cameras_isapi
