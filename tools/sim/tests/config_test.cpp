#include "config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pitview/config/config.h"

namespace pitview::sim {
namespace {

constexpr std::string_view kGood = R"([mqtt]
host = "127.0.0.1"
port = 18883
[rtsp]
address = "127.0.0.1"
port = 18554
enabled = true
[api]
url = "http://127.0.0.1:18080"
[publish]
interval_s = 10
[[device]]
device_id = "ESP32-A4CF12B3D4E5"
license_key = "LIC-4F8D-9K2M-3P7Q"
mqtt_username = "ESP32-A4CF12B3D4E5"
mqtt_password = "secret"
command_key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
workshop_code = "workshop_001"
pit_number = 1
[[camera]]
workshop_code = "workshop_001"
pit_number = 1
path = "/workshop_001/pit1"
username = ""
password = ""
car = "Tata Harrier"
colour = "#2f5c9e"
)";

std::string complaint(std::string text) {
  try {
    parse_config(text, "sim.toml");
    return "accepted";
  } catch (const config::ConfigError& e) {
    return e.what();
  }
}

std::string with(std::string_view old_text, std::string_view new_text) {
  std::string text(kGood);
  text.replace(text.find(old_text), old_text.size(), new_text);
  return text;
}

TEST(SimConfig, TheDocumentedFileIsRead) {
  const Config config = parse_config(kGood, "sim.toml");
  EXPECT_EQ(config.mqtt.port, 18'883);
  ASSERT_EQ(config.device.size(), 1U);
  EXPECT_EQ(config.device[0].workshop_code, "workshop_001");
  ASSERT_EQ(config.camera.size(), 1U);
  EXPECT_EQ(config.camera[0].car, "Tata Harrier");
}

TEST(SimConfig, AnEmptyFileSimulatesNothing) {
  const Config config = parse_config("", "sim.toml");
  EXPECT_TRUE(config.device.empty());
  EXPECT_EQ(config.publish.interval_s, 10);
}

TEST(SimConfig, EachFaultIsOneLineThatNamesTheKey) {
  using testing::AllOf;
  using testing::HasSubstr;
  using testing::Not;
  const auto one_line_about = [](const char* key) {
    return AllOf(HasSubstr("sim.toml"), HasSubstr(key), Not(HasSubstr("\n")));
  };
  EXPECT_THAT(complaint(with("interval_s", "intervall_s")), one_line_about("intervall_s"));
  EXPECT_THAT(complaint(with("interval_s = 10", "interval_s = 0")), one_line_about("interval_s"));
  EXPECT_THAT(complaint(with("interval_s = 10", "interval_s = \"10\"")), one_line_about("interval_s"));
  EXPECT_THAT(complaint(with("port = 18883", "port = 70000")), one_line_about("port"));
  EXPECT_THAT(complaint(with("pit_number = 1\n[[camera]]", "pit_number = 0\n[[camera]]")),
              one_line_about("pit_number"));
  EXPECT_THAT(complaint(with("0001020304", "0001020g04")), one_line_about("command_key"));
  EXPECT_THAT(complaint(with("device_id = \"ESP32-A4CF12B3D4E5\"", "device_id = \"ESP32-a4cf12b3d4e5\"")),
              one_line_about("device_id"));
  EXPECT_THAT(complaint(with("path = \"/", "path = \"")), one_line_about("path"));
  EXPECT_THAT(complaint(with("#2f5c9e", "#2f5c9")), one_line_about("colour"));
  EXPECT_THAT(complaint(with("#2f5c9e", "#2f5c9x")), one_line_about("colour"));
  EXPECT_THAT(complaint(with("license_key = \"LIC-4F8D-9K2M-3P7Q\"\n", "")), one_line_about("license_key"));
}

TEST(SimConfig, TheSameDeviceOrPathTwiceIsAFault) {
  const std::string device(kGood.substr(kGood.find("[[device]]"), kGood.find("[[camera]]") - kGood.find("[[device]]")));
  EXPECT_THAT(complaint(std::string(kGood) + device), testing::HasSubstr("device_id is used twice"));
  const std::string camera(kGood.substr(kGood.find("[[camera]]")));
  EXPECT_THAT(complaint(std::string(kGood) + camera), testing::HasSubstr("path is used twice"));
}

TEST(SimConfig, CamerasAllHaveAUserOrNone) {
  const std::string second = R"([[camera]]
workshop_code = "workshop_001"
pit_number = 2
path = "/workshop_001/pit2"
username = "viewer"
password = "pw"
)";
  EXPECT_THAT(complaint(std::string(kGood) + second), testing::HasSubstr("either all cameras have a username or none"));
}

}  // namespace
}  // namespace pitview::sim
