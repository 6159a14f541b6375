// pitview-sim: virtual devices and cameras of a workshop. Only wires.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>

#include "cameras.h"
#include "config.h"
#include "device.h"
#include "pitview/async/asio.h"
#include "pitview/base/log.h"
#include "pitview/config/config.h"

namespace {

using namespace pitview;
using namespace pitview::sim;

// Readings of one start of the simulator share it; a later start has a larger one.
std::int32_t boot_id_at(Timestamp now) {
  using namespace std::chrono;
  return static_cast<std::int32_t>(duration_cast<seconds>(now - sys_days(2026y / January / 1)).count());
}

Awaitable<> run_devices(std::vector<std::unique_ptr<Device>>& devices) {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
  for (const auto& device : devices) device->start();
  const int signal = co_await signals.async_wait(asio::use_awaitable);
  log::info("sim_stopping", {{"signal", signal}});
  for (const auto& device : devices) co_await device->stop();
}

int simulate(const Config& config) {
  const SystemClock clock;
  std::unique_ptr<Cameras> cameras;
  if (config.rtsp.enabled && !config.camera.empty()) {
    auto started = Cameras::start(config.rtsp, config.camera, clock);
    if (!started) {
      std::cerr << "pitview-sim: " << started.error().detail << '\n';
      return 1;
    }
    cameras = std::move(*started);
  }
  asio::io_context context(1);
  std::vector<std::unique_ptr<Device>> devices;
  for (const DeviceConfig& device : config.device)
    devices.push_back(std::make_unique<Device>(context.get_executor(), device, config.mqtt,
                                               std::chrono::seconds(config.publish.interval_s), boot_id_at(clock.now()),
                                               clock));
  log::info("sim_started", {{"devices", devices.size()},
                            {"cameras", cameras ? config.camera.size() : 0},
                            {"mqtt", config.mqtt.host + ":" + std::to_string(config.mqtt.port)},
                            {"rtsp", config.rtsp.address + ":" + std::to_string(config.rtsp.port)}});
  std::exception_ptr failure;
  asio::co_spawn(context, run_devices(devices), [&failure](std::exception_ptr thrown) { failure = thrown; });
  context.run();
  if (failure) std::rethrow_exception(failure);
  cameras.reset();
  log::info("sim_stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Virtual devices and cameras of a PitView workshop");
  std::string file;
  app.add_option("--config", file, "TOML file; see tools/sim/README.md")->required();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return simulate(load_config(file));
  } catch (const pitview::config::ConfigError& e) {
    std::cerr << e.what() << '\n';
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "pitview-sim: " << e.what() << '\n';
    return 1;
  }
}
