// What a device says on the wire (contracts/mqtt).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/result.h"
#include "pitview/base/time.h"
#include "pitview/domain/air.h"

namespace pitview::sim {

inline constexpr std::string_view kFirmware = "sim-0.1.0";

struct Reading {
  Timestamp measured_at;
  Air air;
  std::int32_t boot_id = 0;
  std::int32_t seq = 0;
  std::int64_t uptime_s = 0;
  bool replay = false;  // not sent when it was measured
};

std::string sensors_payload(std::string_view device_id, std::string_view license_key, const Reading& reading);

std::string online_status(std::int32_t boot_id, std::int64_t uptime_s);
std::string offline_status();
std::string disabled_status(std::string_view reason);

enum class CommandKind : std::uint8_t { disable, enable };

struct Command {
  CommandKind kind = CommandKind::disable;
  std::string reason;
};

// validation_failed or malformed_json for anything but DISABLE and ENABLE.
Result<Command> parse_command(std::string_view payload);

struct Topics {
  std::string sensors;
  std::string status;
  std::string command;
};
Topics topics_of(std::string_view workshop_code, int pit_number, std::string_view device_id);

}  // namespace pitview::sim
