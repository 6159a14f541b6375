#include "devices/device_service.h"

#include <algorithm>

#include "devices/claim_code.h"
#include "devices/device_audit.h"
#include "devices/device_changes.h"
#include "devices/device_rules.h"
#include "pitview/base/log.h"

namespace pitview::devices {

namespace {

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
  const Result<WorkshopId> workshop = co_await parts_.devices.workshop_for(principal, device_id);
  if (!workshop) co_return workshop.error();
  auto found = co_await parts_.devices.find(*workshop, std::move(device_id));
  if (!found) co_return no_such_device();
  co_return std::move(*found);
}

Awaitable<std::vector<DeviceCommand>> DeviceService::commands(const StoredDevice& device,
                                                              std::optional<std::int64_t> before, int limit) {
  co_return co_await parts_.devices.commands(device.shown.workshop_id, device.key, before, limit);
}

Awaitable<std::vector<StoredAssignment>> DeviceService::history(const StoredDevice& device,
                                                                std::optional<std::int64_t> before, int limit) {
  co_return co_await parts_.devices.history(device.shown.workshop_id, device.key, before, limit);
}

Awaitable<Result<Claimed>> DeviceService::claim(Actor actor, ClaimRequest request) {
  const WorkshopId workshop = actor.principal.workshop;
  if (const auto wait = parts_.attempts.begin(workshop, request.device_id, parts_.clock.now()))
    co_return Error{Errc::rate_limited, "Too many wrong codes. Try again later.", {}, *wait};
  const auto code = read_claim_code(request.code);
  if (!code || !is_device_id(request.device_id)) co_return claim_invalid();

  auto tx = co_await parts_.devices.begin(workshop);
  const bool pit_is_ours = co_await DevicesRepository::lock_pit(tx, request.pit);
  const auto [outcome, key] = co_await DevicesRepository::claim(tx, request.device_id, claim_code_hash(*code));
  if (outcome != ClaimOutcome::invalid) parts_.attempts.right(workshop, request.device_id);
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
  if (old) told_old = co_await retire_in(tx, actor, old->key, {"device.replace", "replaced"}, at, parts_.data_key);

  co_await DevicesRepository::assign(tx, workshop, key, request.pit, at);
  co_await DevicesRepository::add_subscription(tx, workshop, key);
  auto device = co_await DevicesRepository::lock(tx, key);
  Told told = co_await restate(tx, *device, {"claimed", actor.principal.user, false}, at, parts_.data_key);
  co_await record_change(tx, actor, "device.claim", std::nullopt, *device);
  co_await tx.commit();

  parts_.directory_changed();
  if (told_old) co_await parts_.broker.tell(std::move(*told_old));
  co_await parts_.broker.tell(std::move(told));
  announce(parts_.hub, *device);
  Claimed claimed{std::move(device->shown), std::nullopt};
  if (old) claimed.replaced = old->shown.device_id;
  co_return claimed;
}

Awaitable<Result<StatusChanged>> DeviceService::set_status(Actor actor, std::string device_id, bool disable,
                                                           std::string reason) {
  const Result<WorkshopId> workshop = co_await parts_.devices.workshop_for(actor.principal, device_id);
  if (!workshop) co_return workshop.error();
  auto tx = co_await parts_.devices.begin(*workshop);
  const auto before = co_await DevicesRepository::lock(tx, std::move(device_id));
  if (!before || !is_at_work(*before)) co_return no_such_device();
  const bool running = before->shown.pit_id && co_await DevicesRepository::has_running_job(tx, *before->shown.pit_id);
  const StatusChange change{actor.principal.role, before->shown.status_reason, disable, reason, running};
  if (Result<> allowed = check_status_change(change); !allowed) co_return std::move(allowed).error();

  co_await DevicesRepository::set_status(tx, before->key, disable ? "disabled" : "active", reason);
  auto device = co_await DevicesRepository::lock(tx, before->key);
  Restatement how{reason, actor.principal.user, true};
  Told told = co_await restate(tx, *device, std::move(how), parts_.clock.now(), parts_.data_key);
  co_await record_change(tx, actor, "device.status", before->shown, *device);
  co_await tx.commit();

  parts_.directory_changed();
  announce(parts_.hub, *device);
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

}  // namespace pitview::devices
