#include "pits/camera_address.h"

#include <gtest/gtest.h>

#include "pitview/config/config.h"

namespace pitview::pits {
namespace {

const CameraNetworks kNetworks({"10.64.0.0/10", "192.168.0.0/16", "172.16.5.9"});

TEST(CameraAddress, IsReadWithAndWithoutCredentialsPortAndPath) {
  for (const auto& [url, ip] : std::vector<std::pair<std::string, std::string>>{
           {"rtsp://192.168.1.100:554/Streaming/Channels/101", "192.168.1.100"},
           {"rtsps://admin:pa%40ss@10.64.3.17:322/live", "10.64.3.17"},
           {"rtsp://10.127.255.254", "10.127.255.254"},
           {"rtsp://172.16.5.9/user=admin_password=x_channel=1?tcp", "172.16.5.9"}}) {
    const auto address = read_camera_url(url, kNetworks);
    ASSERT_TRUE(address) << url;
    EXPECT_EQ(address->ip, ip);
    EXPECT_EQ(address->url, url);
  }
}

TEST(CameraAddress, OutsideTheCamerasNetworksIsRefused) {
  for (const char* host : {"127.0.0.1", "169.254.169.254", "10.8.0.1", "10.63.255.255", "10.128.0.0", "8.8.8.8",
                           "0.0.0.0", "172.16.5.10", "255.255.255.255"}) {
    const auto address = read_camera_url(std::string("rtsp://") + host + "/x", kNetworks);
    ASSERT_FALSE(address) << host;
    EXPECT_EQ(address.error().fields.at(0).field, "rtsp_url");
  }
}

TEST(CameraAddress, ThatAnotherProgramMightReadDifferentlyIsRefused) {
  for (const char* url : {"rtsp://10.64.0.1@127.0.0.1/",
                          "rtsp://a@10.64.0.1@127.0.0.1/",
                          "rtsp://127.0.0.1@10.64.0.1@10.64.0.1/",
                          "rtsp://10.64.0.1/@127.0.0.1/",
                          "rtsp://10.64.0.1?@127.0.0.1/",
                          "rtsp://10.64.0.1#@127.0.0.1/",
                          "rtsp://10.64.0.1\\@127.0.0.1/",
                          "rtsp://camera.local/",
                          "rtsp://localhost/",
                          "rtsp://[::1]/",
                          "rtsp://010.64.0.1/",
                          "rtsp://10.64.1/",
                          "rtsp://0x0a400001/",
                          "rtsp://175112193/",
                          "rtsp://10.64.0.1:0/",
                          "rtsp://10.64.0.1:65536/",
                          "rtsp://10.64.0.1:/",
                          "rtsp://10.64.0.1:5 54/",
                          "rtsp://10.64.0.1/a b",
                          "rtsp://10.64.0.1/\r\nX: y",
                          "http://10.64.0.1/",
                          "rtspx://10.64.0.1/",
                          "RTSP://10.64.0.1/",
                          "//10.64.0.1/",
                          "rtsp:///",
                          "rtsp://",
                          "",
                          "file:///etc/passwd"})
    EXPECT_FALSE(read_camera_url(url, kNetworks)) << url;
  EXPECT_FALSE(read_camera_url("rtsp://10.64.0.1/" + std::string(kMaxCameraUrl, 'a'), kNetworks));
}

TEST(CameraAddress, OfAnAddressAloneIsThePlans) {
  const auto address = usual_camera_address("192.168.1.100", "camera_ip", kNetworks);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->url, "rtsp://192.168.1.100:554/Streaming/Channels/101");
  EXPECT_EQ(usual_camera_address("127.0.0.1", "camera_ip", kNetworks).error().fields.at(0).field, "camera_ip");
  EXPECT_FALSE(usual_camera_address("192.168.1.100/x", "camera_ip", kNetworks));
}

TEST(CameraNetworks, AreCheckedWhenTheServerStarts) {
  for (const char* text : {"", "10.64.0.0/33", "10.64.0.1/10", "::1/128", "cameras"})
    EXPECT_THROW(CameraNetworks({text}), config::ConfigError) << text;
  EXPECT_FALSE(CameraNetworks({}).contains("10.64.0.1"));
}

}  // namespace
}  // namespace pitview::pits
