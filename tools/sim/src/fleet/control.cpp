#include "fleet/control.h"

#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <iostream>
#include <vector>

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::sim {

struct DeviceReport {
  std::string device_id;
  bool powered = false;
  bool online = false;
  std::string licence;
  std::uint64_t state_version = 0;
  std::string sensor;
  std::string ota;
  std::string firmware;
  std::uint64_t boot_id = 0;
  std::uint64_t measured = 0;
  std::uint64_t settled = 0;
  std::uint64_t waiting = 0;
  std::uint64_t dropped = 0;
};
BOOST_DESCRIBE_STRUCT(DeviceReport, (),
                      (device_id, powered, online, licence, state_version, sensor, ota, firmware, boot_id, measured,
                       settled, waiting, dropped))

struct ControlAnswer {
  std::int64_t id = 0;
  bool ok = true;
  std::optional<std::string> error;
  std::vector<DeviceReport> devices;
};
BOOST_DESCRIBE_STRUCT(ControlAnswer, (), (id, ok, error, devices))

namespace {

DeviceReport report_of(VirtualDevice& device) {
  const fw::DeviceSnapshot snapshot = device.snapshot();
  DeviceReport report;
  report.device_id = device.id();
  report.powered = device.powered();
  report.online = snapshot.online;
  report.licence = fw::to_text(snapshot.licence);
  report.state_version = snapshot.state_version;
  report.sensor = fw::to_text(snapshot.sensor);
  report.ota = fw::to_text(snapshot.ota);
  report.firmware = device.firmware_version();
  report.boot_id = snapshot.boot_id;
  report.measured = device.measured_in_all();
  report.settled = device.settled_in_all();
  report.waiting = snapshot.waiting;
  report.dropped = snapshot.dropped;
  return report;
}

// False: no such action.
bool act(VirtualDevice& device, const ControlRequest& request) {
  const std::string& action = request.action;
  const std::int64_t value = request.value.value_or(0);
  if (action == "report") return true;
  if (action == "advance") return device.advance(std::chrono::milliseconds(value)), true;
  if (action == "power_off") return device.power_off(), true;
  if (action == "power_on") return device.power_on(), true;
  if (action == "power_cycle") return device.power_cycle(), true;
  if (action == "sensor_fault") return device.set_sensor_fault(value != 0), true;
  if (action == "clock_drift") return device.clock().drift_ms += value, true;
  if (action == "no_sntp") return device.clock().sntp_reachable = value == 0, true;
  if (!set_fault(device.network(), action, value)) return false;
  device.apply_network();
  return true;
}

std::string failed(std::int64_t id, std::string why) {
  return json::write(ControlAnswer{id, false, std::move(why), {}});
}

}  // namespace

std::string control(Fleet& fleet, std::string_view line) {
  const Result<ControlRequest> request = json::read<ControlRequest>(line);
  if (!request) return failed(0, request.error().detail);
  std::vector<VirtualDevice*> meant;
  if (request->device) {
    VirtualDevice* device = fleet.find(*request->device);
    if (device == nullptr) return failed(request->id, "no such device: " + *request->device);
    meant.push_back(device);
  } else {
    for (const auto& device : fleet.devices()) meant.push_back(device.get());
  }
  ControlAnswer answer;
  answer.id = request->id;
  for (VirtualDevice* device : meant) {
    if (!act(*device, *request)) return failed(request->id, "no such action: " + request->action);
    answer.devices.push_back(report_of(*device));
  }
  return json::write(answer);
}

Awaitable<> serve_control(Fleet& fleet) {
  asio::posix::stream_descriptor input(co_await asio::this_coro::executor, ::dup(STDIN_FILENO));
  std::string buffer;
  for (;;) {
    error_code end;
    const std::size_t size = co_await asio::async_read_until(input, asio::dynamic_buffer(buffer, 65'536), '\n',
                                                             asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return;
    std::cout << control(fleet, std::string_view(buffer).substr(0, size - 1)) << std::endl;
    buffer.erase(0, size);
  }
}

}  // namespace pitview::sim
