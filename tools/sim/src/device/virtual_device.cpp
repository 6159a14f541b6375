#include "device/virtual_device.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/sensor/iaq.h"
#include "pitview/base/log.h"

namespace pitview::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kSpoolBytes = 768 * 1024;  // firmware/idf/partitions.csv
constexpr milliseconds kCrashAfter{2'000};       // how long a crashing image runs
constexpr milliseconds kWarmUp{fw::IaqEstimator::kBurnInMs + 30'000};

Timestamp at_unix_ms(std::int64_t ms) { return Timestamp(milliseconds(ms)); }

std::array<std::uint8_t, 6> mac_of(std::string_view device_id) {
  std::array<std::uint8_t, 6> mac{};
  if (device_id.size() != 18) return mac;
  for (std::size_t i = 0; i < mac.size(); ++i) {
    const char* digits = device_id.data() + 6 + 2 * i;
    std::from_chars(digits, digits + 2, mac[i], 16);
  }
  return mac;
}

void write_factory(fw::testing::FakeKv& factory, const DeviceConfig& device, const FleetConfig& fleet) {
  factory.set_text("device_id", device.device_id);
  factory.set_text("licence_key", device.license_key);
  factory.set_text("mqtt_host", fleet.mqtt.host);
  factory.set_text("mqtt_port", std::to_string(fleet.mqtt.port));
  factory.set_text("mqtt_tls", fleet.mqtt.tls_ca_file ? "1" : "0");
  factory.set_text("mqtt_user", device.mqtt_username);
  factory.set_text("mqtt_pass", device.mqtt_password);
  factory.set_text("api_url", fleet.api.url);
  factory.set_text("command_key", device.command_key);
  factory.set_text("hw_rev", "sim");
}

}  // namespace

class VirtualDevice::Link final : public fw::LinkPort {
 public:
  explicit Link(VirtualDevice& device) : device_(device) {}
  fw::LinkSpeed speed() override { return up() ? fw::LinkSpeed::mbps_100 : fw::LinkSpeed::down; }
  std::string_view ip() override { return up() ? "127.0.0.1" : ""; }

 private:
  bool up() const { return !device_.network_.cut && device_.slots_.fault() != "no_network"; }
  VirtualDevice& device_;
};

class VirtualDevice::System final : public fw::SystemPort {
 public:
  explicit System(VirtualDevice& device) : device_(device), mac_(mac_of(device.id_)) {}
  std::array<std::uint8_t, 6> base_mac() override { return mac_; }
  fw::ResetReason reset_reason() override { return reason; }
  std::uint32_t free_heap_bytes() override { return 0; }  // the simulator has no heap of its own to speak of
  void restart() override {
    device_.slots_.restart_wanted = true;
    reason = fw::ResetReason::software;
  }
  void log(std::string_view line) override { log::info("sim_device", {{"device_id", device_.id_}, {"line", line}}); }

  fw::ResetReason reason = fw::ResetReason::power_on;

 private:
  VirtualDevice& device_;
  std::array<std::uint8_t, 6> mac_;
};

// The register-level sensor, fed with the air of the moment before every access.
class VirtualDevice::Sensor final : public fw::I2cPort {
 public:
  explicit Sensor(VirtualDevice& device) : device_(device), chip_(device.clock_) {}
  bool write(std::uint8_t address, fw::ByteView bytes) override {
    feed();
    return !broken() && chip_.write(address, bytes);
  }
  bool write_read(std::uint8_t address, fw::ByteView bytes, fw::MutableBytes into) override {
    return !broken() && chip_.write_read(address, bytes, into);
  }
  bool fault = false;

 private:
  bool broken() const { return fault || device_.slots_.fault() == "no_sensor"; }
  void feed() {
    const Air air = device_.air_.at(at_unix_ms(device_.clock_.true_unix_ms()));
    chip_.set_air({*air.temperature_c, *air.humidity_rh, *air.pressure_hpa, *air.gas_ohm});
  }
  VirtualDevice& device_;
  fw::testing::FakeBme680 chip_;
};

VirtualDevice::VirtualDevice(asio::any_io_executor executor, const DeviceConfig& device, const FleetConfig& fleet)
    : executor_(std::move(executor)),
      id_(device.device_id),
      options_(fleet.options),
      mqtt_ca_file_(fleet.mqtt.tls_ca_file.value_or("")),
      clock_(fleet.start_unix_ms - (fleet.calibrated ? kWarmUp.count() : 0)),
      air_(site_of(device.workshop_code, device.pit_number)),
      flash_(kSpoolBytes / fw::FlashPort::kSectorBytes),
      slots_(fleet.firmware_version),
      crypto_(fleet.release_key),
      random_(static_cast<std::uint32_t>(std::hash<std::string>()(id_))),
      timer_(executor_),
      warm_up_(fleet.calibrated ? kWarmUp : milliseconds(0)) {
  write_factory(factory_, device, fleet);
  if (fleet.calibrated) calibrate();
}

VirtualDevice::~VirtualDevice() {
  *alive_ = false;
  power_off();
}

// What a device that has been up for days has learnt: its clean air.
void VirtualDevice::calibrate() {
  constexpr std::uint64_t kStepMs = fw::IaqEstimator::kLongestStepMs;
  constexpr std::uint64_t kPastMs = 25ULL * 3'600'000;
  fw::IaqEstimator estimator(settings_);
  estimator.start(0);
  for (std::uint64_t t = kStepMs; t <= kPastMs; t += kStepMs) {
    const Air air = air_.at(at_unix_ms(clock_.true_unix_ms() - static_cast<std::int64_t>(kPastMs - t)));
    estimator.update(static_cast<float>(*air.gas_ohm), static_cast<float>(*air.humidity_rh), t);
  }
}

void VirtualDevice::power_on() {
  if (powered()) return;
  clock_.power_on();
  slots_.boot();
  flash_.power_on();
  const auto wake_up = [this] { wake(); };
  link_ = std::make_unique<Link>(*this);
  if (!system_) system_ = std::make_unique<System>(*this);
  if (!sensor_) sensor_ = std::make_unique<Sensor>(*this);
  mqtt_ = std::make_unique<MqttPort>(executor_, network_, clock_, mqtt_ca_file_, wake_up);
  http_ = std::make_unique<HttpPort>(executor_, network_, wake_up);
  core_ = std::make_unique<fw::Device>(fw::Ports{clock_, *sensor_, factory_, settings_, flash_, *mqtt_, *http_, slots_,
                                                 *link_, led_, random_, crypto_, *system_},
                                       options_);
  core_->start();
  wake();
}

void VirtualDevice::power_off() {
  if (!powered()) return;
  const fw::DeviceSnapshot last = core_->snapshot();
  measured_before_ += last.measured;
  settled_before_ += last.settled;
  core_.reset();
  mqtt_.reset();
  http_.reset();
  timer_.cancel();
}

void VirtualDevice::power_cycle() {
  power_off();
  system_->reason = fw::ResetReason::power_on;
  power_on();
}

fw::DeviceSnapshot VirtualDevice::snapshot() const { return powered() ? core_->snapshot() : fw::DeviceSnapshot{}; }

std::uint64_t VirtualDevice::measured_in_all() const {
  return measured_before_ + (powered() ? core_->snapshot().measured : 0);
}

std::uint64_t VirtualDevice::settled_in_all() const {
  return settled_before_ + (powered() ? core_->snapshot().settled : 0);
}

// Ports call this from inside a tick as well, so the tick always comes later.
void VirtualDevice::wake() {
  if (woken_ || advancing_) return;
  woken_ = true;
  asio::post(executor_, [this, alive = alive_] {
    if (*alive) run();
  });
}

void VirtualDevice::run() {
  woken_ = false;
  if (!powered()) return;
  const std::uint64_t due_ms = core_->tick();
  const bool crashed =
      slots_.fault() == "crash" && clock_.uptime_ms() >= static_cast<std::uint64_t>(kCrashAfter.count());
  if (slots_.restart_wanted || crashed) {
    power_off();
    return power_on();
  }
  if (warm_up_.count() > 0 && core_->snapshot().licence == fw::LicenceState::enabled) return warm_up();
  schedule(due_ms);
}

// Nobody wants to look at a page without an index for five minutes: the device was made
// so much earlier, and lives through that time at once. The readings of it arrive as a
// backlog, as after an outage.
void VirtualDevice::warm_up() {
  const milliseconds length = std::exchange(warm_up_, milliseconds(0));
  network_.cut = true;
  apply_network();
  advance(length);
  network_.cut = false;
  apply_network();
}

void VirtualDevice::schedule(std::uint64_t due_ms) {
  const std::uint64_t now = clock_.uptime_ms();
  timer_.expires_after(milliseconds(due_ms > now ? due_ms - now : 0));
  timer_.async_wait([this, alive = alive_](error_code cancelled) {
    if (!cancelled && *alive) run();
  });
}

void VirtualDevice::advance(milliseconds by) {
  advancing_ = true;
  std::uint64_t now = clock_.uptime_ms();
  const std::uint64_t end = now + static_cast<std::uint64_t>(by.count());
  while (now < end) {
    const std::uint64_t due = powered() ? core_->tick() : end;
    clock_.advance(milliseconds(std::clamp<std::uint64_t>(due, now + 1, end) - now));
    now = std::max(now + 1, clock_.uptime_ms());
  }
  advancing_ = false;
  wake();
}

void VirtualDevice::apply_network() {
  if (network_.cut && mqtt_) mqtt_->break_connection();
  wake();
}

void VirtualDevice::set_sensor_fault(bool fault) {
  if (sensor_) sensor_->fault = fault;
}

void VirtualDevice::leave(std::function<void()> done) {
  if (!mqtt_) return asio::post(executor_, std::move(done));
  mqtt_->leave(std::move(done));
}

}  // namespace pitview::sim
