#include "devices/device_service.h"

#include <algorithm>

#include "audit/audit_log.h"
#include "devices/claim_code.h"
#include "devices/device_rules.h"
#include "devices/device_status_event.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::devices {

// What the audit log keeps of a device.
struct AuditedDevice {
  std::string status;
  std::string status_reason;
  std::string licence;
  std::optional<PitId> pit_id;
  std::int64_t state_version = 0;
};
BOOST_DESCRIBE_STRUCT(AuditedDevice, (), (status, status_reason, licence, pit_id, state_version))

namespace {

std::string auditable(const Device& device) {
  return json::write(
      AuditedDevice{device.status, device.status_reason, device.licence, device.pit_id, device.state_version});
}

constexpr WorkshopId kPlatform(1);  // whose devices nobody has claimed

Error no_such_device() { return {Errc::not_found, "There is no such device.", {}, 0}; }
Error claim_invalid() { return {Errc::claim_invalid, "There is no device with this id and code.", {}, 0}; }

std::optional<Error> error_of(ClaimOutcome outcome) {
  switch (outcome) {
    case ClaimOutcome::claimed: return std::nullopt;
    case ClaimOutcome::invalid: return claim_invalid();
    case ClaimOutcome::used: return Error{Errc::claim_used, "This device has been claimed already.", {}, 0};
    case ClaimOutcome::expired: return Error{Errc::claim_expired, "The time to claim this device is over.", {}, 0};
  }
  return claim_invalid();
}

}  // namespace

Awaitable<std::vector<StoredDevice>> DeviceService::list(WorkshopId workshop, std::optional<DeviceKey> before,
                                                         int limit) {
  co_return co_await parts_.devices.list(workshop, before, limit);
}

Awaitable<Result<StoredDevice>> DeviceService::find(Principal principal, std::string device_id) {
  const Result<WorkshopId> workshop = co_await workshop_of(principal, device_id);
  if (!workshop) co_return workshop.error();
  auto found = co_await parts_.devices.find(*workshop, std::move(device_id));
  if (!found) co_return no_such_device();
  co_return std::move(*found);
}

Awaitable<std::vector<DeviceCommand>> DeviceService::commands(const StoredDevice& device) {
  co_return co_await parts_.devices.commands(device.shown.workshop_id, device.key);
}

Awaitable<Result<WorkshopId>> DeviceService::workshop_of(Principal principal, std::string device_id) {
  if (principal.role != Role::super_admin) co_return principal.workshop;
  const auto workshop = co_await parts_.devices.workshop_of(std::move(device_id));
  if (!workshop) co_return no_such_device();
  co_return *workshop;
}

Awaitable<Result<Claimed>> DeviceService::claim(Actor actor, ClaimRequest request) {
  const WorkshopId workshop = actor.principal.workshop;
  if (const auto wait = attempts_.begin(workshop, request.device_id, parts_.clock.now()))
    co_return Error{Errc::rate_limited, "Too many wrong codes. Try again later.", {}, *wait};
  const auto code = read_claim_code(request.code);
  if (!code || !is_device_id(request.device_id)) co_return claim_invalid();

  auto tx = co_await parts_.devices.begin(workshop);
  const bool pit_is_ours = co_await DevicesRepository::lock_pit(tx, request.pit);
  const auto [outcome, key] = co_await DevicesRepository::claim(tx, request.device_id, claim_code_hash(*code));
  if (outcome != ClaimOutcome::invalid) attempts_.right(workshop, request.device_id);
  if (auto error = error_of(outcome)) co_return std::move(*error);
  if (!pit_is_ours) co_return Error{Errc::not_found, "There is no such pit.", {}, 0};

  const auto incumbent = co_await DevicesRepository::device_at(tx, request.pit);
  if (incumbent && !request.replace)
    co_return Error{Errc::pit_occupied, "This pit has a device. It can be replaced by this one.", {}, 0};
  std::optional<StoredDevice> old;
  if (incumbent) old = co_await DevicesRepository::lock(tx, *incumbent);
  Timestamp at = parts_.clock.now();
  if (old) at = std::max(at, *old->assigned_at + std::chrono::microseconds(1));
  std::optional<Told> told_old;
  if (old) told_old = co_await retire(tx, actor, old->key, at);

  co_await DevicesRepository::assign(tx, workshop, key, request.pit, at);
  co_await DevicesRepository::add_subscription(tx, workshop, key);
  auto device = co_await DevicesRepository::lock(tx, key);
  Told told = co_await restate(tx, *device, {"claimed", actor.principal.user, false}, at, parts_.data_key);
  co_await audit(tx, actor, "device.claim", std::nullopt, *device);
  co_await tx.commit();

  parts_.directory_changed();
  if (told_old) co_await parts_.broker.tell(std::move(*told_old));
  co_await parts_.broker.tell(std::move(told));
  announce(*device);
  Claimed claimed{std::move(device->shown), std::nullopt};
  if (old) claimed.replaced = old->shown.device_id;
  co_return claimed;
}

// The device leaves its pit for good; its readings and its place in the history stay.
Awaitable<std::optional<Told>> DeviceService::retire(postgres::Transaction& tx, const Actor& actor, DeviceKey key,
                                                     Timestamp at) {
  const auto before = co_await DevicesRepository::lock(tx, key);
  co_await DevicesRepository::release(tx, key, at);
  co_await DevicesRepository::end_subscription(tx, key);
  co_await DevicesRepository::set_status(tx, key, "retired", "replaced");
  auto device = co_await DevicesRepository::lock(tx, key);
  Told told = co_await restate(tx, *device, {"", actor.principal.user, false}, at, parts_.data_key);
  co_await audit(tx, actor, "device.replace", before->shown, *device);
  co_return told;
}

Awaitable<Result<StatusChanged>> DeviceService::set_status(Actor actor, std::string device_id, bool disable,
                                                           std::string reason) {
  const Result<WorkshopId> workshop = co_await workshop_of(actor.principal, device_id);
  if (!workshop) co_return workshop.error();
  auto tx = co_await parts_.devices.begin(*workshop);
  const auto before = co_await DevicesRepository::lock(tx, std::move(device_id));
  if (!before || before->licence.device == DeviceStatus::retired || before->shown.workshop_id == kPlatform)
    co_return no_such_device();
  const bool running = before->shown.pit_id && co_await DevicesRepository::has_running_job(tx, *before->shown.pit_id);
  const StatusChange change{actor.principal.role, before->shown.status_reason, disable, reason, running};
  if (Result<> allowed = check_status_change(change); !allowed) co_return std::move(allowed).error();

  co_await DevicesRepository::set_status(tx, before->key, disable ? "disabled" : "active", reason);
  auto device = co_await DevicesRepository::lock(tx, before->key);
  Restatement how{reason, actor.principal.user, true};
  Told told = co_await restate(tx, *device, std::move(how), parts_.clock.now(), parts_.data_key);
  co_await audit(tx, actor, "device.status", before->shown, *device);
  co_await tx.commit();

  parts_.directory_changed();
  announce(*device);
  const bool sent = co_await parts_.broker.tell(std::move(told));
  co_return StatusChanged{std::move(device->shown), sent};
}

Awaitable<Result<DesiredState>> DeviceService::own_state(Principal principal) {
  const auto device = co_await parts_.devices.find(principal.workshop, principal.device);
  if (!device) co_return no_such_device();
  auto state = sign(parts_.data_key, device->shown.device_id, device->command_key_sealed, state_of(*device));
  if (!state) co_return Error{Errc::unavailable, "This device cannot be told anything: it has no command key.", {}, 60};
  co_return std::move(*state);
}

Awaitable<> DeviceService::audit(postgres::Transaction& tx, const Actor& actor, std::string action,
                                 const std::optional<Device>& before, const StoredDevice& after) {
  audit::Entry entry{
      .action = std::move(action), .subject = "device", .subject_id = after.key.value, .after = auditable(after.shown)};
  if (before) entry.before = auditable(*before);
  co_await audit::record(tx, after.shown.workshop_id, actor, std::move(entry));
}

void DeviceService::announce(const StoredDevice& device) {
  const Device& shown = device.shown;
  std::string status = "unknown";
  if (shown.status == "disabled") {
    status = "disabled";
  } else if (shown.last_seen) {
    status = shown.online ? "online" : "offline";
  }
  publish_device_status(parts_.hub, shown.workshop_id, shown.pit_id, std::move(status), shown.last_seen);
}

}  // namespace pitview::devices
