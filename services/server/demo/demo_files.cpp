#include "demo/demo_files.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "pitview/json/document.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::demo {

struct DemoFile {
  std::vector<IssuedLogin> logins;
  std::vector<IssuedDevice> devices;
};
BOOST_DESCRIBE_STRUCT(DemoFile, (), (logins, devices))

namespace {

constexpr std::array kFiles = {"demo.json", "sim.toml"};

// Values of the demo hold no quotes or backslashes, so quoting is all TOML needs.
std::string toml_text(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return text.str();
}

std::string sim_toml(const std::vector<IssuedWorkshop>& workshops, const app::Config& config, int rtsp_port) {
  std::ostringstream out;
  out << "# Written by pitview-server demo-setup.\n[mqtt]\nhost = " << toml_text(config.mqtt.host)
      << "\nport = " << config.mqtt.port << "\n\n[api]\nurl = \"http://127.0.0.1:" << config.http.port
      << "\"\n\n[rtsp]\naddress = \"127.0.0.1\"\nport = " << rtsp_port << "\n\n[publish]\ninterval_s = 10\n";
  if (config.devices.release_public_key_file != "-")
    out << "\n[firmware]\nrelease_key = \"\"\"\n" << text_of(config.devices.release_public_key_file) << "\"\"\"\n";
  for (const IssuedWorkshop& workshop : workshops) {
    for (const IssuedDevice& device : workshop.devices)
      out << "\n[[device]]\ndevice_id = " << toml_text(device.device_id)
          << "\nlicense_key = " << toml_text(device.license_key)
          << "\nmqtt_username = " << toml_text(device.mqtt_username)
          << "\nmqtt_password = " << toml_text(device.mqtt_password)
          << "\ncommand_key = " << toml_text(device.command_key)
          << "\nworkshop_code = " << toml_text(device.workshop_code) << "\npit_number = " << device.pit_number << "\n";
    for (const IssuedDevice& device : workshop.devices)
      out << "\n[[camera]]\nworkshop_code = " << toml_text(device.workshop_code)
          << "\npit_number = " << device.pit_number
          << "\npath = " << toml_text(camera_path(device.workshop_code, device.pit_number))
          << "\ncar = " << toml_text(device.car) << "\ncolour = " << toml_text(device.colour) << "\n";
  }
  return out.str();
}

void write_private(const std::filesystem::path& file, const std::string& text) {
  namespace fs = std::filesystem;
  const fs::path fresh = file.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
  }
  fs::rename(fresh, file);
}

}  // namespace

std::string device_id_of(const DemoWorkshop& workshop, const DemoPit& pit) {
  const std::string number = std::to_string(pit.number);
  return "ESP32-" + std::string(workshop.mac_prefix) + (number.size() < 2 ? "0" + number : number);
}

std::string camera_path(std::string_view workshop_code, int pit_number) {
  return "/" + std::string(workshop_code) + "/pit" + std::to_string(pit_number);
}

void write_files(const std::filesystem::path& folder, const std::vector<IssuedWorkshop>& workshops,
                 const app::Config& config, int rtsp_port) {
  std::filesystem::create_directories(folder);
  DemoFile demo;
  for (const IssuedWorkshop& workshop : workshops) {
    demo.logins.insert(demo.logins.end(), workshop.logins.begin(), workshop.logins.end());
    demo.devices.insert(demo.devices.end(), workshop.devices.begin(), workshop.devices.end());
  }
  write_private(folder / "sim.toml", sim_toml(workshops, config, rtsp_port));
  write_private(folder / "demo.json", json::write(demo) + "\n");
}

bool files_are_complete(const std::filesystem::path& folder, std::size_t workshops) {
  for (const char* name : kFiles)
    if (!std::filesystem::exists(folder / name)) return false;
  const Result<DemoFile> demo = json::read<DemoFile>(text_of(folder / "demo.json"));
  if (!demo) return false;
  const auto has_login_of = [&](std::string_view workshop_code) {
    return std::any_of(demo->logins.begin(), demo->logins.end(),
                       [&](const IssuedLogin& login) { return login.workshop_code == workshop_code; });
  };
  return has_login_of(kPlatformCode) &&
         std::all_of(kWorkshops.begin(), kWorkshops.begin() + static_cast<std::ptrdiff_t>(workshops),
                     [&](const DemoWorkshop& workshop) { return has_login_of(workshop.code); });
}

}  // namespace pitview::demo
