// The configuration of pitview-video, as docs/reference/configuration.md lists it.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pitview::video {

struct HttpConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 18889;
  std::vector<std::string> trusted_proxies;
};
BOOST_DESCRIBE_STRUCT(HttpConfig, (), (address, port, trusted_proxies))

struct WebRtcConfig {
  std::string address = "0.0.0.0";
  std::uint16_t port = 18189;
  // For networks that let no UDP out; 0: the same number.
  std::uint16_t tcp_port = 0;
  bool tcp = true;
  // What browsers are told to come to, when it is not `address`: the public one.
  std::vector<std::string> candidates = {"127.0.0.1"};
};
BOOST_DESCRIBE_STRUCT(WebRtcConfig, (), (address, port, tcp_port, tcp, candidates))

struct ControlConfig {
  std::string secret_file;  // 64 hexadecimal digits, shared with pitview-server
};
BOOST_DESCRIBE_STRUCT(ControlConfig, (), (secret_file))

struct TokensConfig {
  std::string secret_file;
};
BOOST_DESCRIBE_STRUCT(TokensConfig, (), (secret_file))

struct LogConfig {
  std::string level = "info";
};
BOOST_DESCRIBE_STRUCT(LogConfig, (), (level))

struct Config {
  HttpConfig http;
  WebRtcConfig webrtc;
  ControlConfig control;
  TokensConfig tokens;
  LogConfig log;
};
BOOST_DESCRIBE_STRUCT(Config, (), (http, webrtc, control, tokens, log))

// config::ConfigError for a file that is missing, broken or has an unknown key.
Config load_config(const std::filesystem::path& file);

}  // namespace pitview::video
