// Espressif's esptool, which talks to the board's boot loader. Its arguments are
// those of version 4; version 5 understands them too.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "firmware_build.h"

namespace pitview::kit {

class Esptool {
 public:
  // Throws KitError when neither esptool.py nor esptool is in PATH.
  Esptool(const FirmwareBuild& build, std::string port);

  // Each is one run of esptool on the board; throws KitError with the last line it
  // said. write() and verify() also when the board is not `device_id` any more:
  // somebody has plugged in another one.
  std::string read_device_id() const;
  void write(const std::vector<FlashFile>& files, std::string_view device_id) const;
  // Starts the firmware afterwards.
  void verify(const std::vector<FlashFile>& files, std::string_view device_id) const;
  // Whether the board holds this file already.
  bool holds(const FlashFile& file, std::string_view device_id) const;

  std::vector<std::string> write_command(const std::vector<FlashFile>& files) const;

 private:
  std::vector<std::string> verify_command(const std::vector<FlashFile>& files, std::string_view after) const;
  std::vector<std::string> command(std::string_view after, std::string_view name) const;

  const FirmwareBuild& build_;
  std::string program_;
  std::string port_;
};

// The device id of the board esptool talked to, from what it printed ("MAC:
// a4:cf:12:b3:d4:e5"). Throws KitError when it named none, or two.
std::string device_id_in(std::string_view esptool_output);

}  // namespace pitview::kit
