// pitview-sim: virtual devices and cameras of workshops. Only wires.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>

#include "cameras.h"
#include "config.h"
#include "fleet/control.h"
#include "fleet/fleet.h"
#include "fleet/scenario.h"
#include "pitview/async/asio.h"
#include "pitview/base/log.h"
#include "pitview/config/config.h"

namespace {

using namespace pitview;
using namespace pitview::sim;

struct Options {
  std::string config;
  std::string scenario;
  bool control = false;
  int run_s = 0;  // 0: until a signal
};

// A socket per device, and some.
void allow_many_sockets() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Bytes of memory in use (resident set).
std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  statm >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void report(Fleet& fleet, std::int64_t bytes_before) {
  const FleetTotals totals = fleet.totals();
  log::info("sim_totals",
            {{"devices", totals.devices},
             {"online", totals.online},
             {"measured", totals.measured},
             {"settled", totals.settled},
             {"waiting", totals.waiting},
             {"dropped", totals.dropped},
             {"kib_per_device", totals.devices == 0 ? 0.0
                                                    : static_cast<double>(resident_bytes() - bytes_before) / 1024.0 /
                                                          static_cast<double>(totals.devices)}});
}

Awaitable<> wait_for_the_end(int run_s) {
  using asio::experimental::awaitable_operators::operator||;
  const auto executor = co_await asio::this_coro::executor;
  asio::signal_set signals(executor, SIGINT, SIGTERM);
  asio::steady_timer timer(executor, run_s > 0 ? asio::steady_timer::clock_type::now() + std::chrono::seconds(run_s)
                                               : asio::steady_timer::time_point::max());
  co_await (signals.async_wait(asio::use_awaitable) || timer.async_wait(asio::use_awaitable));
}

Awaitable<> run_fleet(Fleet& fleet, const Options& options, std::optional<Scenario> scenario,
                      std::int64_t bytes_before) {
  using asio::experimental::awaitable_operators::operator||;
  fleet.start();
  if (scenario) fleet.play(std::move(*scenario));
  if (options.control) {
    co_await (wait_for_the_end(options.run_s) || serve_control(fleet));
  } else {
    co_await wait_for_the_end(options.run_s);
  }
  report(fleet, bytes_before);
  co_await fleet.stop();
}

std::optional<Scenario> scenario_of(const Options& options, const Config& config) {
  namespace fs = std::filesystem;
  if (!options.scenario.empty()) return load_scenario(options.scenario);
  if (config.scenario) return load_scenario(fs::path(options.config).parent_path() / *config.scenario);
  return std::nullopt;
}

int simulate(const Options& options) {
  const Config config = load_config(options.config);
  std::optional<Scenario> scenario = scenario_of(options, config);
  allow_many_sockets();
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
  const std::int64_t bytes_before = resident_bytes();
  Fleet fleet(context.get_executor(), config);
  log::info("sim_started", {{"devices", config.device.size()},
                            {"cameras", cameras ? config.camera.size() : 0},
                            {"mqtt", config.mqtt.host + ":" + std::to_string(config.mqtt.port)},
                            {"rtsp", config.rtsp.address + ":" + std::to_string(config.rtsp.port)}});
  std::exception_ptr failure;
  asio::co_spawn(context, run_fleet(fleet, options, std::move(scenario), bytes_before),
                 [&failure](std::exception_ptr thrown) { failure = thrown; });
  context.run();
  if (failure) std::rethrow_exception(failure);
  cameras.reset();
  log::info("sim_stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Virtual devices and cameras of PitView workshops");
  Options options;
  app.add_option("--config", options.config, "TOML file; see tools/sim/README.md")->required();
  app.add_option("--scenario", options.scenario, "TOML file: what happens when");
  app.add_option("--run-for", options.run_s, "Seconds; without it until SIGINT or SIGTERM")->check(CLI::PositiveNumber);
  app.add_flag("--control", options.control, "Take orders as lines of JSON on standard input");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return simulate(options);
  } catch (const pitview::config::ConfigError& e) {
    std::cerr << e.what() << '\n';
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "pitview-sim: " << e.what() << '\n';
    return 1;
  }
}
