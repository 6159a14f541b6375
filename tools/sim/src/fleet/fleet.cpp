#include "fleet/fleet.h"

#include <functional>
#include <stdexcept>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kGoodbyeLimit{2};

FleetConfig fleet_config(const Config& config) {
  using namespace std::chrono;
  FleetConfig fleet;
  fleet.mqtt = config.mqtt;
  fleet.api = config.api;
  fleet.options.publish_ms = static_cast<std::uint32_t>(config.publish.interval_s) * 1'000;
  fleet.options.sample_ms = std::min<std::uint32_t>(3'000, fleet.options.publish_ms);
  fleet.firmware_version = config.firmware.version;
  if (config.firmware.release_key) {
    fleet.release_key = crypto::P256PublicKey::from_pem(*config.firmware.release_key);
    if (!fleet.release_key) throw std::runtime_error("firmware.release_key is not a public key in PEM");
  }
  fleet.start_unix_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count() -
                        std::int64_t{config.clock.behind_s} * 1'000;
  fleet.calibrated = config.clock.calibrated;
  return fleet;
}

Timestamp now_at(VirtualDevice& device) { return Timestamp(milliseconds(device.clock().true_unix_ms())); }

void begin(VirtualDevice& device, const ScenarioEvent& event) {
  const seconds length(event.for_s);
  if (event.action == "solvent_spike") {
    device.air().solvent_spike(now_at(device), length, event.value > 0 ? event.value : 160);
  } else if (event.action == "door_open") {
    device.air().door_open(now_at(device), length, event.value, 75);
  } else if (event.action == "sensor_fault") {
    device.set_sensor_fault(true);
  } else if (event.action == "clock_drift") {
    device.clock().drift_ms += static_cast<std::int64_t>(event.value);
  } else if (event.action == "no_sntp") {
    device.clock().sntp_reachable = false;
  } else if (event.action == "power_cut") {
    device.power_off();
  } else {
    // Those that are on or off have no value.
    set_fault(device.network(), event.action, event.value > 0 ? static_cast<std::int64_t>(event.value) : 1);
  }
  device.apply_network();
}

void end(VirtualDevice& device, const ScenarioEvent& event) {
  if (event.action == "sensor_fault") device.set_sensor_fault(false);
  if (event.action == "no_sntp") device.clock().sntp_reachable = true;
  if (event.action == "power_cut") device.power_on();
  set_fault(device.network(), event.action, 0);
  device.apply_network();
}

}  // namespace

Fleet::Fleet(asio::any_io_executor executor, const Config& config) : executor_(std::move(executor)), tasks_(executor_) {
  const FleetConfig fleet = fleet_config(config);
  devices_.reserve(config.device.size());
  for (const DeviceConfig& device : config.device)
    devices_.push_back(std::make_unique<VirtualDevice>(executor_, device, fleet));
}

Fleet::~Fleet() = default;

VirtualDevice* Fleet::find(std::string_view id) {
  for (const auto& device : devices_)
    if (device->id() == id) return device.get();
  return nullptr;
}

void Fleet::start() {
  for (const auto& device : devices_) device->power_on();
}

void Fleet::play(Scenario scenario) {
  log::info("sim_scenario", {{"title", scenario.title}, {"events", scenario.event.size()}});
  for (ScenarioEvent& event : scenario.event) tasks_.spawn("sim_scenario", play_event(std::move(event)));
}

Awaitable<> Fleet::play_event(ScenarioEvent event) {
  co_await sleep_for(seconds(event.at_s));
  for (;;) {
    const auto devices = meant_by(event);
    log::info("sim_event", {{"action", event.action}, {"devices", devices.size()}, {"for_s", event.for_s}});
    for (VirtualDevice* device : devices) begin(*device, event);
    co_await sleep_for(seconds(event.for_s));
    for (VirtualDevice* device : devices) end(*device, event);
    if (event.every_s == 0) co_return;
    co_await sleep_for(seconds(event.every_s - event.for_s));
  }
}

// A share is chosen by the device's name and the action, so that the same ones are hit
// every time, and not the same ones by everything.
std::vector<VirtualDevice*> Fleet::meant_by(const ScenarioEvent& event) {
  std::vector<VirtualDevice*> meant;
  for (const auto& device : devices_) {
    if (event.device && device->id() != *event.device) continue;
    const std::size_t lot = std::hash<std::string>()(device->id() + event.action) % 10'000;
    if (static_cast<double>(lot) < event.share * 10'000) meant.push_back(device.get());
  }
  return meant;
}

FleetTotals Fleet::totals() {
  FleetTotals totals;
  totals.devices = devices_.size();
  for (const auto& device : devices_) {
    const fw::DeviceSnapshot snapshot = device->snapshot();
    totals.online += snapshot.online ? 1 : 0;
    totals.measured += device->measured_in_all();
    totals.settled += device->settled_in_all();
    totals.waiting += snapshot.waiting;
    totals.dropped += snapshot.dropped;
  }
  return totals;
}

Awaitable<> Fleet::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  // The last one to go wakes us; a broker that does not answer is not waited for.
  asio::steady_timer gone(executor_, kGoodbyeLimit);
  std::size_t left = devices_.size();
  for (const auto& device : devices_)
    device->leave([&gone, &left] {
      if (--left == 0) gone.cancel();
    });
  error_code woken;
  if (left > 0) co_await gone.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  for (const auto& device : devices_) device->power_off();
}

}  // namespace pitview::sim
