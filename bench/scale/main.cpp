// pitview-bench-scale: thousands of devices and those who watch them, for a while
// (bench/README.md). Reads `./pit status --json` with devices and the watchers' tokens on
// standard input, prints one JSON object; bench/scale.ts makes the table of it.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <iterator>

#include "crowd.h"
#include "fleet_run.h"
#include "machine.h"
#include "need.h"
#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"
#include "server_metrics.h"
#include "usage.h"

namespace pitview::bench {

struct Watchers {
  std::vector<std::string> tokens;
};
BOOST_DESCRIBE_STRUCT(Watchers, (), (tokens))

struct Memory {
  std::int64_t server = 0;  // bytes: proportional set size, so that shared pages count once
  std::int64_t mosquitto = 0;
  std::int64_t postgres = 0;
};
BOOST_DESCRIBE_STRUCT(Memory, (), (server, mosquitto, postgres))

struct Report {
  std::int64_t sent = 0;  // the first period included, as in the counts below
  std::int64_t confirmed = 0;
  std::int64_t stored = 0;
  std::int64_t refused = 0;
  std::int64_t sockets = 0;
  std::int64_t received = 0;  // over WebSockets
  std::int64_t measured = 0;  // sent in the measured time
  Timestamp measured_from;
  Percentiles late;  // the sender
  Percentiles live;  // from due to the WebSocket
  CpuShares cpu;
  Memory memory;
  std::string lost;
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (sent, confirmed, stored, refused, sockets, received, measured, measured_from, late, live, cpu,
                       memory, lost))

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kDrainLimit{30};

struct Options {
  std::int64_t devices = 3000;
  FleetRun::Options run;
};

// Of a sensor_update: when the reading was due.
std::optional<Timestamp> due_in(std::string_view text) {
  static constexpr std::string_view kName = "\"timestamp\":\"";
  if (text.find("\"event\":\"sensor_update\"") > 50) return std::nullopt;
  const std::size_t at = text.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(at + kName.size());
  return parse_iso8601(value.substr(0, value.find('"')));
}

Memory memory_of(const Stack& stack) {
  return {.server = proportional_bytes_below(stack.pids.server.value_or(0)),
          .mosquitto = proportional_bytes_below(stack.pids.mosquitto.value_or(0)),
          .postgres = proportional_bytes_below(stack.pids.postgres.value_or(0))};
}

Awaitable<> measure(asio::io_context& context, const Stack& stack, std::vector<std::string> tokens,
                    const Options& options, Report& report) {
  std::vector<Device> devices = stack.devices;
  devices.resize(std::min(devices.size(), static_cast<std::size_t>(options.devices)));
  std::vector<std::int64_t> live_us;
  Crowd crowd(context, stack.http, std::move(tokens), [&](std::size_t, std::string_view text) {
    const auto due = due_in(text);
    if (!due) return;
    ++report.received;
    if (report.measured_from != Timestamp() && *due >= report.measured_from)
      live_us.push_back((SystemClock().now() - *due).count());
  });
  co_await crowd.connect_all();
  report.sockets = static_cast<std::int64_t>(crowd.seated());
  FleetRun fleet(context, stack, std::move(devices), options.run);
  co_await fleet.connect_all();
  const IngestCounters before = need(ingest_counters(stack.http));
  std::optional<CpuTimes> begin;
  co_await fleet.publish_all([&](std::int64_t period) {
    if (period != std::min<std::int64_t>(1, options.run.readings - 1)) return;
    report.measured_from = fleet.due(period * static_cast<std::int64_t>(fleet.total() / options.run.readings));
    begin.emplace();
  });
  report.cpu = shares_of(stack, *begin, CpuTimes());
  report.memory = memory_of(stack);
  const auto deadline = steady_clock::now() + kDrainLimit;
  IngestCounters after = before;
  do {
    co_await sleep_for(std::chrono::milliseconds(100));
    after = need(ingest_counters(stack.http));
  } while (after.stored - before.stored < fleet.total() && steady_clock::now() < deadline);
  co_await sleep_for(std::chrono::milliseconds(500));  // what is on its way to the WebSockets
  report.sent = fleet.total();
  report.measured = fleet.total() / options.run.readings * std::max<std::int64_t>(1, options.run.readings - 1);
  report.confirmed = fleet.confirmed();
  report.stored = after.stored - before.stored;
  report.refused = after.refused - before.refused;
  report.late = fleet.lateness();
  report.live = percentiles_of(std::move(live_us));
  report.lost = fleet.lost().empty() ? crowd.first_loss() : fleet.lost();
  fleet.close();
  crowd.close();
  co_await sleep_for(std::chrono::milliseconds(200));  // their coroutines end
}

Report run(const std::string& input, const Options& options) {
  const Stack stack = need(read_stack(input));
  std::vector<std::string> tokens = need(json::read<Watchers>(input)).tokens;
  raise_open_files(static_cast<std::uint64_t>(options.devices) + tokens.size() + 100);
  Report report;
  asio::io_context context(1);
  std::exception_ptr failure;
  asio::co_spawn(context, measure(context, stack, std::move(tokens), options, report), [&](std::exception_ptr thrown) {
    failure = std::move(thrown);
    context.stop();
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
  return report;
}

}  // namespace
}  // namespace pitview::bench

int main(int argc, char** argv) {
  using namespace pitview;
  using namespace pitview::bench;
  CLI::App app("Thousands of devices; reads ./pit status --json on standard input");
  Options options;
  std::int64_t period_ms = options.run.period.count();
  app.add_option("--devices", options.devices, "Of those on standard input")->check(CLI::Range(1, 20'000));
  app.add_option("--period-ms", period_ms, "Between two readings of a device")->check(CLI::Range(10, 3'600'000));
  app.add_option("--readings", options.run.readings, "Of each device")->check(CLI::Range(1, 1'000'000));
  app.add_option("--boot-id", options.run.boot_id, "Of all readings of this run");
  CLI11_PARSE(app, argc, argv);
  options.run.period = std::chrono::milliseconds(period_ms);
  std::signal(SIGPIPE, SIG_IGN);
  log::set_level("warning");
  try {
    std::cout << json::write(run({std::istreambuf_iterator<char>(std::cin), {}}, options)) << '\n';
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "pitview-bench-scale: " << e.what() << '\n';
    return 1;
  }
}
