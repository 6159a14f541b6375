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
  std::optional<std::string> tls_ca_file;  // PEM; set: devices speak TLS and trust only these authorities
};
BOOST_DESCRIBE_STRUCT(MqttConfig, (), (host, port, tls_ca_file))

// Where a device asks for its desired state and for firmware.
struct ApiConfig {
  std::string url = "http://127.0.0.1:8080";  // http://host[:port], without a slash at the end
};
BOOST_DESCRIBE_STRUCT(ApiConfig, (), (url))

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

struct FirmwareConfig {
  std::string version = "1.0.0";
  std::optional<std::string> release_key;  // PEM, the public half; without it no release is ever accepted
};
BOOST_DESCRIBE_STRUCT(FirmwareConfig, (), (version, release_key))

struct ClockConfig {
  int behind_s = 0;        // the devices' clocks, so that a test can turn them ahead later
  bool calibrated = true;  // the sensors know their clean air, as after days of running
};
BOOST_DESCRIBE_STRUCT(ClockConfig, (), (behind_s, calibrated))

// What pitview-kit writes into a device (docs/guide/factory.md).
struct DeviceConfig {
  std::string device_id;  // "ESP32-" and 12 upper-case hexadecimal digits
  std::string license_key;
  std::string mqtt_username;
  std::string mqtt_password;
  std::string command_key;  // 64 hexadecimal digits
  // For the weather only; where it belongs the device learns from the server.
  std::string workshop_code = "workshop";
  int pit_number = 1;  // from 1
};
BOOST_DESCRIBE_STRUCT(DeviceConfig, (),
                      (device_id, license_key, mqtt_username, mqtt_password, command_key, workshop_code, pit_number))

struct CameraConfig {
  std::string workshop_code;
  int pit_number = 0;
  std::string path;                     // "/workshop_001/pit1"
  std::optional<std::string> username;  // empty: anyone may look
  std::optional<std::string> password;
  std::string car = "Tata Harrier";
  std::string colour = "#2f5c9e";
  // What a workshop's camera may turn out to be.
  std::string codec = "h264";  // or "h265"
  int gop_frames = 30;         // from key frame to key frame, 1 to 600
  int b_frames = 0;            // between two others, 0 to 4; H.264 is main profile then
  int slices = 1;              // NAL units a picture consists of, 1 to 8; H.264 only
  int stall_after_s = 0;       // no more pictures, but the connection stays open; 0: never
  int shrink_after_s = 0;      // from then on pictures of half the size; 0: never
  bool timecode = false;       // when it was drawn, as a strip that programs read (timecode.h)
};
BOOST_DESCRIBE_STRUCT(CameraConfig, (),
                      (workshop_code, pit_number, path, username, password, car, colour, codec, gop_frames, b_frames,
                       slices, stall_after_s, shrink_after_s, timecode))

struct Config {
  MqttConfig mqtt;
  ApiConfig api;
  RtspConfig rtsp;
  PublishConfig publish;
  FirmwareConfig firmware;
  ClockConfig clock;
  std::optional<std::string> scenario;  // a file, relative to this one (scenario/scenario.h)
  std::vector<DeviceConfig> device;
  std::vector<CameraConfig> camera;
};
BOOST_DESCRIBE_STRUCT(Config, (), (mqtt, api, rtsp, publish, firmware, clock, scenario, device, camera))

// config::ConfigError with one line per fault.
Config load_config(const std::filesystem::path& file);
Config parse_config(std::string_view text, std::string_view name);

}  // namespace pitview::sim
