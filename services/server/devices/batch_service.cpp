#include "devices/batch_service.h"

#include <algorithm>
#include <unordered_set>

#include "devices/claim_code.h"
#include "devices/device_secrets.h"
#include "pitview/base/log.h"

namespace pitview::devices {
namespace {

std::string field_of(std::size_t index) { return "devices[" + std::to_string(index) + "]"; }

Result<> check_ids(const std::vector<std::string>& ids) {
  Error error{Errc::validation_failed, "The request has a fault.", {}, 0};
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!is_device_id(ids[i])) {
      error.fields.push_back({field_of(i), "must be ESP32- and twelve upper-case hexadecimal digits"});
    } else if (!seen.insert(ids[i]).second) {
      error.fields.push_back({field_of(i), "is given twice"});
    }
  }
  if (!error.fields.empty()) return error;
  return Done{};
}

Error taken(const std::vector<std::string>& ids, const std::vector<std::string>& known) {
  Error error{Errc::conflict, "Some of these devices are registered already; none was added.", {}, 0};
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (std::find(known.begin(), known.end(), ids[i]) != known.end())
      error.fields.push_back({field_of(i), "is registered already"});
  return error;
}

}  // namespace

Awaitable<Result<IssuedBatch>> BatchService::issue(Actor actor, BatchRequest request) {
  if (Result<> sound = check_ids(request.device_ids); !sound) co_return std::move(sound).error();
  const auto known = co_await parts_.devices.known_of(request.device_ids);
  if (!known.empty()) co_return taken(request.device_ids, known);

  const Timestamp expires = parts_.clock.now() + request.claim_window;
  IssuedBatch issued{.name = request.name,
                     .hw_rev = request.hw_rev,
                     .api_url = parts_.addresses.public_base_url,
                     .mqtt_host = parts_.addresses.mqtt_host,
                     .mqtt_port = parts_.addresses.mqtt_port,
                     .mqtt_tls = parts_.addresses.mqtt_tls};
  NewBatch rows{.name = request.name,
                .hw_rev = request.hw_rev,
                .claim_expires_at = expires,
                .registered_by = actor.principal.user};
  for (const std::string& id : request.device_ids) issued.devices.push_back(make(id, expires, rows));
  try {
    issued.batch_id = co_await parts_.devices.register_batch(std::move(rows));
  } catch (const postgres::QueryFailed& e) {
    if (postgres::is_unique_violation(e, "device_batches_name_key"))
      co_return Error{Errc::conflict, "There is a batch of this name.", {{"name", "is taken"}}, 0};
    if (postgres::is_unique_violation(e, "devices_device_id_key"))
      co_return Error{Errc::conflict, "Some of these devices have just been registered; none was added.", {}, 0};
    throw;
  }
  log::info("device_batch_registered", {{"batch", issued.batch_id},
                                        {"devices", issued.devices.size()},
                                        {"user", actor.principal.user},
                                        {"request_id", actor.request_id}});
  co_return issued;
}

IssuedDevice BatchService::make(const std::string& device_id, Timestamp claim_expires_at, NewBatch& rows) const {
  const DeviceSecrets secrets = make_device_secrets();
  rows.device_ids.push_back(device_id);
  rows.license_hashes.push_back(crypto::to_hex(crypto::sha256(secrets.license_key)));
  rows.mqtt_passwords_sealed.push_back(
      crypto::to_hex(seal_mqtt_password(parts_.data_key, device_id, secrets.mqtt_password)));
  rows.command_keys_sealed.push_back(crypto::to_hex(seal_command_key(parts_.data_key, device_id, secrets.command_key)));
  rows.claim_code_hashes.push_back(crypto::to_hex(claim_code_hash(secrets.claim_code)));
  return {.device_id = device_id,
          .license_key = secrets.license_key,
          .mqtt_username = device_id,
          .mqtt_password = secrets.mqtt_password,
          .command_key = crypto::to_hex(secrets.command_key),
          .claim_code = shown_claim_code(secrets.claim_code),
          .claim_url = parts_.addresses.public_base_url + "/claim#" + device_id + "/" + secrets.claim_code,
          .claim_expires_at = claim_expires_at};
}

}  // namespace pitview::devices
