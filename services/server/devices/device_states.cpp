#include "devices/device_states.h"

#include "devices/device_secrets.h"
#include "pitview/base/log.h"

namespace pitview::devices {
namespace {

constexpr std::chrono::minutes kCommandLife{5};

DesiredLicence desired(const StoredDevice& device, const std::string& enabled_reason, Timestamp now) {
  if (device.licence.device == DeviceStatus::retired || !device.shown.pit_id)
    return {Licence::unprovisioned, device.shown.status_reason};
  DesiredLicence wanted = desired_licence(device.licence, now);
  if (wanted.licence == Licence::enabled) wanted.reason = enabled_reason;
  if (wanted.reason == "device_disabled" && !device.shown.status_reason.empty())
    wanted.reason = device.shown.status_reason;
  return wanted;
}

}  // namespace

std::optional<DesiredState> sign(const crypto::Key256& data_key, const std::string& device_id,
                                 const std::optional<std::string>& command_key_sealed, DesiredState state) {
  if (!command_key_sealed) return std::nullopt;
  const auto key = open_command_key(data_key, device_id, *command_key_sealed);
  if (!key) {
    log::error("command_key_does_not_open", {{"device", device_id}});
    return std::nullopt;
  }
  if (state.licence == name_of(Licence::unprovisioned)) {
    state.workshop_code.clear();
    state.pit_number = 0;
  }
  return signed_state(*key, device_id, std::move(state));
}

DesiredState state_of(const StoredDevice& device) {
  return {.version = device.shown.state_version,
          .licence = device.shown.licence,
          .reason = device.shown.licence_reason,
          .workshop_code = device.workshop_code,
          .pit_number = device.shown.pit_number.value_or(0),
          .temperature_offset_centi = device.shown.temperature_offset_centi,
          .humidity_offset_centi = device.shown.humidity_offset_centi};
}

Awaitable<Told> restate(postgres::Transaction& tx, StoredDevice& device, Restatement how, Timestamp now,
                        const crypto::Key256& data_key) {
  const DesiredLicence wanted = desired(device, how.enabled_reason, now);
  std::string reason(wanted.reason);
  device.shown.state_version = co_await DevicesRepository::set_state(tx, device.key, wanted.licence, reason);
  device.shown.licence = name_of(wanted.licence);
  device.shown.licence_reason = std::move(reason);

  Told told{.key = device.key,
            .device_id = device.shown.device_id,
            .workshop_code = device.workshop_code,
            .version = device.shown.state_version,
            .licence = wanted.licence};
  told.state = sign(data_key, told.device_id, device.command_key_sealed, state_of(device));
  if (!told.state || !how.with_command || wanted.licence == Licence::unprovisioned) co_return told;
  Command command{.command = wanted.licence == Licence::enabled ? "ENABLE" : "DISABLE",
                  .reason = device.shown.licence_reason,
                  .id = told.version,
                  .expires_at = to_iso8601(now + kCommandLife)};
  const auto key = open_command_key(data_key, told.device_id, *device.command_key_sealed);
  told.command = signed_command(*key, told.device_id, std::move(command));
  co_await DevicesRepository::add_command(tx, device.shown.workshop_id, device.key, *told.command, how.actor);
  co_return told;
}

}  // namespace pitview::devices
