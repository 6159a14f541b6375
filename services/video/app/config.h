// The configuration of pitview-video, as docs/reference/configuration.md lists it.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bucket/bucket.h"

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

// Of an S3-compatible store; all of it or nothing.
struct BucketConfig {
  std::optional<std::string> endpoint;  // "https://s3.eu-central-1.amazonaws.com"
  std::optional<std::string> name;
  std::optional<std::string> prefix;  // ends with "/"; of this gateway alone
  std::string region = "us-east-1";
  std::optional<std::string> access_key_id;
  std::optional<std::string> secret_access_key_file;
};
BOOST_DESCRIBE_STRUCT(BucketConfig, (), (endpoint, name, prefix, region, access_key_id, secret_access_key_file))

struct RecordingsConfig {
  std::string directory;              // "": nothing is recorded
  std::string master_key_file;        // 64 hexadecimal digits; without it no recording can be opened again
  std::int64_t keep_days = 92;        // whatever pitview-server says: it lets go what a workshop keeps no longer
  std::int64_t min_free_mib = 5'120;  // the oldest go before the disk has less
  BucketConfig bucket;                // that they are copied into
};
BOOST_DESCRIBE_STRUCT(RecordingsConfig, (), (directory, master_key_file, keep_days, min_free_mib, bucket))

struct LogConfig {
  std::string level = "info";
};
BOOST_DESCRIBE_STRUCT(LogConfig, (), (level))

struct Config {
  HttpConfig http;
  WebRtcConfig webrtc;
  ControlConfig control;
  TokensConfig tokens;
  RecordingsConfig recordings;
  LogConfig log;
};
BOOST_DESCRIBE_STRUCT(Config, (), (http, webrtc, control, tokens, recordings, log))

// config::ConfigError for a file that is missing, broken or has an unknown key.
Config load_config(const std::filesystem::path& file);

// Empty: there is none. config::ConfigError: the file of its secret holds none.
std::optional<BucketOptions> bucket_of(const BucketConfig& config);

}  // namespace pitview::video
