#include "devices/device_changes.h"

#include <algorithm>

namespace pitview::devices {
namespace {

Error job_is_running() {
  return {Errc::conflict,
          "A job is running at the device's pit. Complete it first, or put another device in its place.",
          {},
          0};
}

Awaitable<bool> is_under_a_job(postgres::Transaction& tx, const StoredDevice& device) {
  if (!device.shown.pit_id) co_return false;
  co_return co_await DevicesRepository::has_running_job(tx, *device.shown.pit_id);
}

}  // namespace

Awaitable<Told> retire_in(postgres::Transaction& tx, const Actor& actor, DeviceKey key, Retirement why, Timestamp at,
                          const crypto::Key256& data_key) {
  const auto before = co_await DevicesRepository::lock(tx, key);
  co_await DevicesRepository::release(tx, key, at);
  co_await DevicesRepository::end_subscription(tx, key);
  co_await DevicesRepository::set_status(tx, key, "retired", std::move(why.reason));
  auto device = co_await DevicesRepository::lock(tx, key);
  Told told = co_await restate(tx, *device, {"", actor.principal.user, false}, at, data_key);
  co_await record_change(tx, actor, std::move(why.action), before->shown, *device);
  co_return told;
}

Awaitable<Result<Device>> DeviceChanges::move(Actor actor, std::string device_id, PitId pit) {
  const Result<WorkshopId> workshop = co_await parts_.devices.workshop_for(actor.principal, device_id);
  if (!workshop) co_return workshop.error();
  auto tx = co_await parts_.devices.begin(*workshop);
  // The pit first, as claiming does, so that the two cannot wait for each other.
  const bool pit_is_ours = co_await DevicesRepository::lock_pit(tx, pit);
  const auto device = co_await DevicesRepository::lock(tx, std::move(device_id));
  if (!device || !is_at_work(*device)) co_return no_such_device();
  if (!pit_is_ours) co_return Error{Errc::not_found, "There is no such pit.", {}, 0};
  if (device->shown.pit_id == pit) co_return device->shown;
  if (co_await is_under_a_job(tx, *device)) co_return job_is_running();
  if (co_await DevicesRepository::device_at(tx, pit))
    co_return Error{Errc::pit_occupied, "This pit has a device.", {}, 0};

  Timestamp at = parts_.clock.now();
  if (const auto last = co_await DevicesRepository::last_change_of_place(tx, device->key, pit))
    at = std::max(at, *last + std::chrono::microseconds(1));
  co_await DevicesRepository::release(tx, device->key, at);
  co_await DevicesRepository::assign(tx, *workshop, device->key, pit, at);
  co_return co_await finish(tx, actor, "device.move", device->shown, device->key);
}

Awaitable<Result<Device>> DeviceChanges::calibrate(Actor actor, std::string device_id, Calibration calibration) {
  const Result<WorkshopId> workshop = co_await parts_.devices.workshop_for(actor.principal, device_id);
  if (!workshop) co_return workshop.error();
  auto tx = co_await parts_.devices.begin(*workshop);
  const auto device = co_await DevicesRepository::lock(tx, std::move(device_id));
  if (!device || !is_at_work(*device)) co_return no_such_device();
  const Device& shown = device->shown;
  co_await DevicesRepository::calibrate(
      tx, device->key, calibration.temperature_offset_centi.value_or(shown.temperature_offset_centi),
      calibration.humidity_offset_centi.value_or(shown.humidity_offset_centi), parts_.clock.now());
  co_return co_await finish(tx, actor, "device.calibrate", shown, device->key);
}

Awaitable<Result<Device>> DeviceChanges::retire(Actor actor, std::string device_id, std::string reason) {
  const Result<WorkshopId> workshop = co_await parts_.devices.workshop_for(actor.principal, device_id);
  if (!workshop) co_return workshop.error();
  auto tx = co_await parts_.devices.begin(*workshop);
  const auto before = co_await DevicesRepository::lock(tx, std::move(device_id));
  if (!before || !is_at_work(*before)) co_return no_such_device();
  if (co_await is_under_a_job(tx, *before)) co_return job_is_running();
  Timestamp at = parts_.clock.now();
  if (before->assigned_at) at = std::max(at, *before->assigned_at + std::chrono::microseconds(1));
  Told told = co_await retire_in(tx, actor, before->key, {"device.retire", std::move(reason)}, at, parts_.data_key);
  auto device = co_await DevicesRepository::lock(tx, before->key);
  co_await tx.commit();
  co_await send(std::move(told));
  co_return std::move(device->shown);
}

Awaitable<Result<Device>> DeviceChanges::finish(postgres::Transaction& tx, const Actor& actor, std::string action,
                                                const Device& before, DeviceKey key) {
  auto device = co_await DevicesRepository::lock(tx, key);
  Told told = co_await restate_quietly(tx, actor, *device);
  co_await record_change(tx, actor, std::move(action), before, *device);
  co_await tx.commit();
  co_await send(std::move(told));
  announce(parts_.hub, *device);
  co_return std::move(device->shown);
}

Awaitable<std::optional<Told>> DeviceChanges::restate_at(postgres::Transaction& tx, const Actor& actor, PitId pit) {
  const auto key = co_await DevicesRepository::device_at(tx, pit);
  if (!key) co_return std::nullopt;
  auto device = co_await DevicesRepository::lock(tx, *key);
  co_return co_await restate_quietly(tx, actor, *device);
}

// Whether it is to measure is none of the change: the reason stays, and no command goes out.
Awaitable<Told> DeviceChanges::restate_quietly(postgres::Transaction& tx, const Actor& actor, StoredDevice& device) {
  Restatement how{device.shown.licence_reason, actor.principal.user, false};
  co_return co_await restate(tx, device, std::move(how), parts_.clock.now(), parts_.data_key);
}

Awaitable<> DeviceChanges::send(Told told) {
  parts_.directory_changed();
  co_await parts_.broker.tell(std::move(told));
}

}  // namespace pitview::devices
