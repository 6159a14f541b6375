#include "devices/registration_service.h"

#include <algorithm>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "pits/pit_service.h"

namespace pitview::devices {
namespace {

Error known_already() {
  return {Errc::conflict,
          "This device is registered already. Claim it with the code on its label.",
          {{"device_id", "is registered already"}},
          0};
}

Awaitable<> record_new_pit(postgres::Transaction& tx, WorkshopId workshop, const Actor& actor, PitId pit) {
  audit::Entry entry{.action = "pit.create", .subject = "pit", .subject_id = pit.value};
  co_await audit::record(tx, workshop, actor, std::move(entry));
}

}  // namespace

Awaitable<Result<RegisteredDevice>> RegistrationService::add(Actor actor, RegistrationRequest request) {
  const Result<WorkshopId> workshop = workshop_of(actor.principal, request);
  if (!workshop) co_return workshop.error();
  if (!is_device_id(request.device_id))
    co_return api::invalid("device_id", "must be ESP32- and twelve upper-case hexadecimal digits");
  std::optional<std::string> sealed_url;
  if (request.camera_ip) {
    const auto address = pits::usual_camera_address(*request.camera_ip, "camera_ip", networks_);
    if (!address) co_return address.error();
    sealed_url = pits::seal_camera_url(parts_.data_key, address->url);
  }
  const bool is_platform = actor.principal.role == Role::super_admin;
  Timestamp at = parts_.clock.now();
  if (!is_platform)
    if (const auto wait = parts_.attempts.begin(*workshop, request.device_id, at))
      co_return Error{Errc::rate_limited, "Too many devices that are registered already. Try again later.", {}, *wait};

  auto tx = co_await parts_.devices.begin(*workshop);
  if (!co_await DevicesRepository::workshop_exists(tx, *workshop))
    co_return api::invalid("workshop_id", "is no workshop");
  const FoundPit pit = co_await DevicesRepository::find_or_add_pit(tx, *workshop, request.pit_number);
  co_await DevicesRepository::lock_pit(tx, pit.id);
  Result<Added> added = co_await add_row(tx, actor, *workshop, request.device_id, at);
  if (!added) co_return std::move(added).error();
  if (!is_platform) parts_.attempts.right(*workshop, request.device_id);
  if (co_await DevicesRepository::device_at(tx, pit.id))
    co_return Error{Errc::pit_occupied, "This pit has a device.", {}, 0};

  if (const auto last = co_await DevicesRepository::last_change_of_place(tx, added->key, pit.id))
    at = std::max(at, *last + std::chrono::microseconds(1));
  co_await DevicesRepository::assign(tx, *workshop, added->key, pit.id, at);
  co_await DevicesRepository::add_subscription(tx, *workshop, added->key);
  co_await DevicesRepository::set_camera(tx, pit.id, request.camera_model, request.camera_ip, std::move(sealed_url));
  auto device = co_await DevicesRepository::lock(tx, added->key);
  Told told = co_await restate(tx, *device, {"claimed", actor.principal.user, false}, at, parts_.data_key);
  if (pit.made) co_await record_new_pit(tx, *workshop, actor, pit.id);
  co_await record_change(tx, actor, "device.register", std::nullopt, *device);
  co_await tx.commit();

  parts_.directory_changed();
  co_await parts_.broker.tell(std::move(told));
  announce(parts_.hub, *device);
  RegisteredDevice answer{.device_id = device->shown.device_id,
                          .status = device->shown.status,
                          .workshop_code = device->workshop_code,
                          .pit_id = pit.id,
                          .pit_number = request.pit_number,
                          .mqtt_host = addresses_.mqtt_host,
                          .mqtt_port = addresses_.mqtt_port,
                          .mqtt_tls = addresses_.mqtt_tls};
  if (added->secrets) {
    answer.license_key = added->secrets->license_key;
    answer.mqtt_username = request.device_id;
    answer.mqtt_password = added->secrets->mqtt_password;
    answer.command_key = crypto::to_hex(added->secrets->command_key);
  }
  co_return answer;
}

Result<WorkshopId> RegistrationService::workshop_of(const Principal& principal,
                                                    const RegistrationRequest& request) const {
  if (principal.role != Role::super_admin) return api::workshop_of(principal, request.workshop);
  if (!request.workshop) return api::invalid("workshop_id", "is required of a super administrator");
  if (*request.workshop == principal.workshop) return api::invalid("workshop_id", "is no workshop");
  return *request.workshop;
}

// The device in the workshop: one from the factory, or a new one with its secrets.
Awaitable<Result<RegistrationService::Added>> RegistrationService::add_row(postgres::Transaction& tx,
                                                                           const Actor& actor, WorkshopId workshop,
                                                                           const std::string& device_id, Timestamp at) {
  if (actor.principal.role == Role::super_admin) {
    const auto [outcome, key] = co_await DevicesRepository::place(tx, device_id, actor.principal.user);
    if (outcome == ClaimOutcome::claimed) co_return Added{key, std::nullopt};
    if (outcome == ClaimOutcome::used) co_return known_already();
  } else if (co_await DevicesRepository::lock_and_count_never_seen(tx, workshop) >= kMaxNeverSeen) {
    co_return Error{Errc::conflict, "Too many registered devices have never reported. Connect those first.", {}, 0};
  }
  DeviceSecrets secrets = make_device_secrets();
  NewDevice row{.device_id = device_id,
                .license_hash = crypto::sha256(secrets.license_key),
                .mqtt_password_sealed = seal_mqtt_password(parts_.data_key, device_id, secrets.mqtt_password),
                .command_key_sealed = seal_command_key(parts_.data_key, device_id, secrets.command_key),
                .at = at};
  const auto key = co_await DevicesRepository::add(tx, workshop, std::move(row));
  if (!key) co_return known_already();
  co_return Added{*key, std::move(secrets)};
}

}  // namespace pitview::devices
