// The simulator's configuration file (README.md shows one).
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::sim {

struct MqttConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
};
BOOST_DESCRIBE_STRUCT(MqttConfig, (), (host, port))

struct RtspConfig {
  bool enabled = true;
  std::string address = "127.0.0.1";
  std::uint16_t port = 18554;
};
BOOST_DESCRIBE_STRUCT(RtspConfig, (), (enabled, address, port))

struct PublishConfig {
  int interval_s = 10;  // 1 to 3600
};
BOOST_DESCRIBE_STRUCT(PublishConfig, (), (interval_s))

struct DeviceConfig {
  std::string device_id;
  std::string license_key;
  std::string mqtt_username;
  std::string mqtt_password;
  std::string workshop_code;
  int pit_number = 0;  // from 1
};
BOOST_DESCRIBE_STRUCT(DeviceConfig, (),
                      (device_id, license_key, mqtt_username, mqtt_password, workshop_code, pit_number))

struct CameraConfig {
  std::string workshop_code;
  int pit_number = 0;
  std::string path;                     // "/workshop_001/pit1"
  std::optional<std::string> username;  // empty: anyone may look
  std::optional<std::string> password;
  std::string car = "Tata Harrier";
  std::string colour = "#2f5c9e";
};
BOOST_DESCRIBE_STRUCT(CameraConfig, (), (workshop_code, pit_number, path, username, password, car, colour))

struct Config {
  MqttConfig mqtt;
  RtspConfig rtsp;
  PublishConfig publish;
  std::vector<DeviceConfig> device;
  std::vector<CameraConfig> camera;
};
BOOST_DESCRIBE_STRUCT(Config, (), (mqtt, rtsp, publish, device, camera))

// config::ConfigError with one line per fault.
Config load_config(const std::filesystem::path& file);
Config parse_config(std::string_view text, std::string_view name);

}  // namespace pitview::sim
