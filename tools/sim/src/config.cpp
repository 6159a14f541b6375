#include "config.h"

#include <algorithm>
#include <map>
#include <set>

#include "colour.h"
#include "pitview/config/config.h"

namespace pitview::sim {
namespace {

class Faults {
 public:
  explicit Faults(std::string_view file) : file_(file) {}

  void add(const std::string& sentence) { lines_ += (lines_.empty() ? "" : "\n") + file_ + ": " + sentence; }
  void check(bool good, const std::string& sentence) {
    if (!good) add(sentence);
  }
  void throw_if_any() const {
    if (!lines_.empty()) throw config::ConfigError(lines_);
  }

 private:
  std::string file_;
  std::string lines_;
};

bool is_hex(std::string_view text, std::size_t digits, std::string_view alphabet) {
  return text.size() == digits && text.find_first_not_of(alphabet) == std::string_view::npos;
}

bool is_device_id(std::string_view text) {
  return text.starts_with("ESP32-") && is_hex(text.substr(6), 12, "0123456789ABCDEF");
}

void check_devices(const Config& config, Faults& faults) {
  std::set<std::string> ids;
  for (const DeviceConfig& device : config.device) {
    const std::string name = "device " + device.device_id + ": ";
    faults.check(is_device_id(device.device_id),
                 name + "device_id must be ESP32- and 12 upper-case hexadecimal digits");
    faults.check(is_hex(device.command_key, 64, "0123456789abcdef"),
                 name + "command_key must be 64 lower-case hexadecimal digits");
    faults.check(device.pit_number >= 1, name + "pit_number must be 1 or more");
    faults.check(ids.insert(device.device_id).second, name + "device_id is used twice");
  }
}

void check_cameras(const Config& config, Faults& faults) {
  std::set<std::string> paths;
  std::map<std::string, std::string> passwords;
  const auto with_user = [](const CameraConfig& camera) { return !camera.username.value_or("").empty(); };
  for (const CameraConfig& camera : config.camera) {
    const std::string name = "camera " + camera.path + ": ";
    faults.check(camera.path.starts_with('/') && camera.path.size() > 1, name + "path must begin with /");
    faults.check(paths.insert(camera.path).second, name + "path is used twice");
    faults.check(camera.pit_number >= 1, name + "pit_number must be 1 or more");
    faults.check(parse_colour(camera.colour).has_value(), name + "colour must be like #2f5c9e");
    faults.check(camera.codec == "h264" || camera.codec == "h265", name + "codec must be h264 or h265");
    faults.check(camera.gop_frames >= 1 && camera.gop_frames <= 600, name + "gop_frames must be 1 to 600");
    faults.check(camera.b_frames >= 0 && camera.b_frames <= 4, name + "b_frames must be 0 to 4");
    faults.check(camera.slices >= 1 && camera.slices <= 8, name + "slices must be 1 to 8");
    faults.check(camera.stall_after_s >= 0, name + "stall_after_s must be 0 or more");
    faults.check(camera.shrink_after_s >= 0, name + "shrink_after_s must be 0 or more");
    if (!with_user(camera)) continue;
    const auto known = passwords.emplace(*camera.username, camera.password.value_or("")).first;
    faults.check(known->second == camera.password.value_or(""), name + "this username has another password elsewhere");
  }
  // One RTSP server asks either every client for a password or none.
  const auto users = std::count_if(config.camera.begin(), config.camera.end(), with_user);
  faults.check(users == 0 || users == std::ssize(config.camera), "either all cameras have a username or none");
}

Config checked(Config config, std::string_view file) {
  Faults faults(file);
  faults.check(config.mqtt.port != 0, "mqtt.port must be 1 to 65535");
  faults.check(config.rtsp.port != 0, "rtsp.port must be 1 to 65535");
  faults.check(config.publish.interval_s >= 1 && config.publish.interval_s <= 3'600,
               "publish.interval_s must be 1 to 3600");
  faults.check(config.api.url.starts_with("http://") && !config.api.url.ends_with('/'),
               "api.url must be http://host[:port]");
  faults.check(config.clock.behind_s >= 0 && config.clock.behind_s <= 30 * 86'400,
               "clock.behind_s must be 0 to 2592000");
  check_devices(config, faults);
  check_cameras(config, faults);
  faults.throw_if_any();
  return config;
}

}  // namespace

Config load_config(const std::filesystem::path& file) { return checked(config::load<Config>(file), file.string()); }

Config parse_config(std::string_view text, std::string_view name) {
  return checked(config::parse<Config>(text, name), name);
}

}  // namespace pitview::sim
