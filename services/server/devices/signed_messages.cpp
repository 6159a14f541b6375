#include "devices/signed_messages.h"

#include <initializer_list>

namespace pitview::devices {
namespace {

std::string hmac_over(const crypto::Key256& key, std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const std::string_view line : lines) {
    if (!text.empty()) text.push_back('\n');
    text.append(line);
  }
  return crypto::to_hex(crypto::hmac_sha256({reinterpret_cast<const char*>(key.data()), key.size()}, text));
}

}  // namespace

Command signed_command(const crypto::Key256& key, std::string_view device_id, Command command) {
  command.hmac = hmac_over(key, {"pitview-command-1", device_id, std::to_string(command.id), command.command,
                                 command.reason, command.expires_at});
  return command;
}

DesiredState signed_state(const crypto::Key256& key, std::string_view device_id, DesiredState state) {
  state.hmac =
      hmac_over(key, {"pitview-state-1", device_id, std::to_string(state.version), state.licence, state.reason,
                      state.workshop_code, std::to_string(state.pit_number),
                      std::to_string(state.temperature_offset_centi), std::to_string(state.humidity_offset_centi)});
  return state;
}

}  // namespace pitview::devices
