// The running product as `./pit status --json` describes it: where to connect, as
// whom, and which processes to watch.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::bench {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};
BOOST_DESCRIBE_STRUCT(Address, (), (host, port))

struct Login {
  std::string role;
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(Login, (), (role, username, password))

struct Device {
  std::string device_id;
  std::string license_key;
  std::string mqtt_username;
  std::string mqtt_password;
  std::string workshop_code;
  int pit_number = 0;
  std::int64_t pit_id = 0;

  std::string topic() const;
};
BOOST_DESCRIBE_STRUCT(Device, (),
                      (device_id, license_key, mqtt_username, mqtt_password, workshop_code, pit_number, pit_id))

struct Pids {
  std::optional<int> server;
  std::optional<int> mosquitto;
  std::optional<int> postgres;
};
BOOST_DESCRIBE_STRUCT(Pids, (), (server, mosquitto, postgres))

struct Stack {
  bool running = false;
  Address http;
  Address mqtt;
  Pids pids;
  std::vector<Login> logins;
  std::vector<Device> devices;

  const Login* owner() const;
};
BOOST_DESCRIBE_STRUCT(Stack, (), (running, http, mqtt, pids, logins, devices))

// Fails also when something that the benchmark needs is not there.
Result<Stack> read_stack(std::string_view status_json);

}  // namespace pitview::bench
