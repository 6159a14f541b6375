// The files that demo-setup leaves behind: the only place where the demo's
// secrets are readable. Mode 0600.
#pragma once

#include <boost/describe/class.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "app/config.h"
#include "demo/demo_data.h"
#include "pitview/base/strong_id.h"

namespace pitview::demo {

struct IssuedLogin {
  std::string role;
  std::string username;
  std::string password;
  std::string page;
  std::string workshop_code;
};
BOOST_DESCRIBE_STRUCT(IssuedLogin, (), (role, username, password, page, workshop_code))

struct IssuedDevice {
  std::string device_id;
  std::string license_key;
  std::string mqtt_username;
  std::string mqtt_password;
  std::string command_key;  // 64 hexadecimal digits
  std::string workshop_code;
  int pit_number = 0;
  PitId pit_id;
  std::string car;
  std::string colour;
};
BOOST_DESCRIBE_STRUCT(IssuedDevice, (),
                      (device_id, license_key, mqtt_username, mqtt_password, command_key, workshop_code, pit_number,
                       pit_id))

struct IssuedWorkshop {
  WorkshopId id;
  std::string code;
  std::string name;
  std::vector<IssuedLogin> logins;
  std::vector<IssuedDevice> devices;
};

std::string device_id_of(const DemoWorkshop& workshop, const DemoPit& pit);
std::string camera_path(std::string_view workshop_code, int pit_number);

// demo.json, for people and tests, and sim.toml, for the simulator.
void write_files(const std::filesystem::path& folder, const std::vector<IssuedWorkshop>& workshops,
                 const app::Config& config, int rtsp_port);

// True when all of them are there for that many workshops.
bool files_are_complete(const std::filesystem::path& folder, std::size_t workshops);

}  // namespace pitview::demo
