#include "devices/kill_switch.h"

#include "audit/audit_log.h"
#include "pitview/base/log.h"

namespace pitview::devices {
namespace {

constexpr const char* kEnabledAgain = "payment_received";

bool says_something_new(const telemetry::StatusReport& report, const telemetry::StatusReport& before) {
  return report.status == "offline" || report.status != before.status || report.boot_id != before.boot_id;
}

}  // namespace

Awaitable<> KillSwitch::stop() {
  stopping_ = true;
  tasks_.cancel();
  co_await tasks_.join();
}

void KillSwitch::directory_loaded(const telemetry::DeviceDirectory& directory) {
  const Timestamp now = parts_.clock.now();
  directory.for_each([&](const telemetry::Device& device) {
    if (device.pit && name_of(desired_licence(device.licence, now).licence) != device.told_licence)
      start(device, false);
  });
}

void KillSwitch::licence_refused(const telemetry::Device& device) {
  if (told_.contains(device.key)) return;
  note_told(device.key);
  log::warning("device_sends_without_licence", {{"device", device.device_id}, {"workshop", device.workshop}});
  start(device, true);
}

void KillSwitch::reported(const telemetry::Device& device, const telemetry::StatusReport& report) {
  last_report_[device.key] = report;
  const auto told = told_.find(device.key);
  if (told != told_.end() && says_something_new(report, told->second)) told_.erase(told);
}

void KillSwitch::start(const telemetry::Device& device, bool repeat) {
  if (stopping_ || !under_way_.insert(device.key).second) return;
  tasks_.spawn("tell_device", tell(device.workshop, device.key, device.device_id, repeat));
}

Awaitable<> KillSwitch::tell(WorkshopId workshop, DeviceKey device, std::string device_id, bool repeat) {
  try {
    co_await tell_unless_known(workshop, device, repeat);
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    log::warning("device_not_told_yet", {{"device", device_id}, {"reason", e.what()}});
    told_.erase(device);
  } catch (const std::exception& e) {
    log::warning("device_not_told_yet", {{"device", device_id}, {"reason", e.what()}});
    told_.erase(device);
  }
  under_way_.erase(device);
}

// Judged again under the lock: the list in memory may be some seconds old.
Awaitable<> KillSwitch::tell_unless_known(WorkshopId workshop, DeviceKey key, bool repeat) {
  auto tx = co_await parts_.devices.begin(workshop);
  auto device = co_await DevicesRepository::lock(tx, key);
  if (!device || device->licence.device == DeviceStatus::retired || !device->shown.pit_id) co_return;
  const Timestamp now = parts_.clock.now();
  const Licence wanted = desired_licence(device->licence, now).licence;
  const bool changed = device->shown.licence != name_of(wanted);
  if (!changed && !(repeat && wanted == Licence::disabled)) co_return;

  Told told = co_await restate(tx, *device, {kEnabledAgain}, now, parts_.data_key);
  audit::Entry entry{.action = wanted == Licence::enabled ? "device.enable" : "device.disable",
                     .subject = "device",
                     .subject_id = key.value};
  co_await audit::record(tx, workshop, {}, std::move(entry));
  co_await tx.commit();
  log::info("device_told", {{"device", device->shown.device_id},
                            {"licence", name_of(wanted)},
                            {"reason", device->shown.licence_reason},
                            {"version", told.version}});
  const bool sent = co_await parts_.broker.tell(std::move(told));
  // What is under way already when it hears of it is no reason to tell it again.
  if (sent && wanted == Licence::disabled) note_told(key);
}

void KillSwitch::note_told(DeviceKey device) {
  const auto last = last_report_.find(device);
  told_[device] = last == last_report_.end() ? telemetry::StatusReport{} : last->second;
}

}  // namespace pitview::devices
