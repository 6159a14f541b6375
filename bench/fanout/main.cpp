// pitview-bench-fanout: one event to many WebSockets of one workshop, or the same bytes to
// as many plain sockets, the limit (bench/README.md). Reads `./pit status --json` with the
// tokens of the watchers on standard input, prints one JSON object; bench/fanout.ts makes
// the table of it.
#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <iostream>
#include <iterator>

#include "broker_connection.h"
#include "crowd.h"
#include "machine.h"
#include "need.h"
#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"
#include "plain_writer.h"
#include "rounds.h"
#include "server_metrics.h"
#include "usage.h"

namespace pitview::bench {

struct Watchers {
  std::vector<std::string> tokens;
};
BOOST_DESCRIBE_STRUCT(Watchers, (), (tokens))

struct Report {
  std::int64_t sockets = 0;  // that were let in
  std::string first_loss;
  std::int64_t frame_bytes = 0;  // of an event on the wire
  std::int64_t superseded = 0;   // deliveries that a newer event made needless
  RoundFigures rounds;
  CpuShares cpu;
  double writer = 0;               // cores used by the process that sends: the server, or the plain writer
  std::int64_t memory_before = 0;  // resident bytes of the server
  std::int64_t memory_with_sockets = 0;
  std::int64_t memory_after = 0;
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (sockets, first_loss, frame_bytes, superseded, rounds, cpu, writer, memory_before,
                       memory_with_sockets, memory_after))

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLead{500};
constexpr std::chrono::seconds kDrainLimit{20};

struct Options {
  std::int64_t sockets = 1000;
  std::int64_t events = 40;
  std::int64_t interval_ms = 500;
  std::size_t bytes = 250;
};

// Event n has this temperature, and no other has.
constexpr std::int64_t kMostEvents = 800;
std::string temperature_of(std::int64_t event) {
  const std::int64_t hundredths = 1800 + event;
  const std::string fraction = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (fraction.size() == 1 ? ".0" : ".") + fraction;
}

std::optional<std::int64_t> event_in(std::string_view text) {
  static constexpr std::string_view kName = "\"temperature\":";
  const std::size_t at = text.find(kName);
  if (at == std::string_view::npos || text.find("\"event\":\"sensor_update\"") > 50) return std::nullopt;
  double value = 0;
  std::from_chars(text.data() + at + kName.size(), text.data() + text.size(), value);
  const auto event = static_cast<std::int64_t>(value * 100 + 0.5) - 1800;
  return event >= 0 && event < kMostEvents ? std::optional(event) : std::nullopt;
}

std::string payload_of(const Device& device, std::int64_t event, std::int64_t boot_id) {
  return "{\"device_id\":\"" + device.device_id + "\",\"license_key\":\"" + device.license_key + "\",\"timestamp\":\"" +
         to_iso8601(SystemClock().now()) + "\",\"temperature\":" + temperature_of(event) +
         ",\"humidity\":55.5,\"aqi\":42,\"pressure\":1013.25,\"iaq_accuracy\":3,\"boot_id\":" +
         std::to_string(boot_id) + ",\"seq\":" + std::to_string(event) + "}";
}

// Sends each event at its time, whatever has become of those before, and waits for the last.
Awaitable<> play(const Options& options, Rounds& rounds, const std::function<void(std::int64_t)>& send) {
  const SteadyTime start = steady_clock::now() + kLead;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (std::int64_t event = 0; event < options.events; ++event) {
    const SteadyTime due = start + event * std::chrono::milliseconds(options.interval_ms);
    rounds.due(event, due);
    timer.expires_at(due);
    co_await timer.async_wait(asio::use_awaitable);
    send(event);
  }
  const auto deadline = steady_clock::now() + kDrainLimit;
  while (!rounds.complete() && steady_clock::now() < deadline) co_await sleep_for(std::chrono::milliseconds(20));
}

Awaitable<> to_websockets(asio::io_context& context, const Stack& stack, std::vector<std::string> tokens,
                          const Options& options, Report& report) {
  const Device& device = stack.devices.at(0);
  const int server = stack.pids.server.value_or(0);
  // Asked while no socket is open: ten thousand leave the server no connection for this.
  const IngestCounters before = need(ingest_counters(stack.http));
  report.memory_before = resident_bytes(server);
  std::unique_ptr<Rounds> rounds;
  std::vector<std::string> seats;
  for (std::int64_t i = 0; i < options.sockets; ++i)
    seats.push_back(tokens.at(static_cast<std::size_t>(i) % tokens.size()));
  Crowd crowd(context, stack.http, std::move(seats), [&](std::size_t, std::string_view text) {
    const auto event = event_in(text);
    if (!event || !rounds || *event >= options.events) return;
    report.frame_bytes = static_cast<std::int64_t>(text.size()) + (text.size() < 126 ? 2 : 4);
    rounds->arrived(*event, steady_clock::now());
  });
  co_await crowd.connect_all();
  report.sockets = static_cast<std::int64_t>(crowd.seated());
  report.memory_with_sockets = resident_bytes(server);
  rounds = std::make_unique<Rounds>(options.events, report.sockets);
  BrokerConnection broker(context, {.broker = stack.mqtt,
                                    .client_id = "pitview-bench-fanout",
                                    .username = device.mqtt_username,
                                    .password = device.mqtt_password});
  co_await broker.connect();
  asio::co_spawn(context, broker.run(), asio::detached);
  const auto boot_id = SystemClock().now().time_since_epoch() / std::chrono::seconds(1) % 2'000'000'000;
  const CpuTimes begin;
  co_await play(options, *rounds,
                [&](std::int64_t event) { broker.publish(device.topic(), payload_of(device, event, boot_id)); });
  const CpuTimes end;
  report.cpu = shares_of(stack, begin, end);
  report.writer = report.cpu.server;
  report.memory_after = resident_bytes(server);
  report.rounds = rounds->figures();
  report.first_loss = crowd.first_loss();
  broker.close();
  crowd.close();
  co_await sleep_for(std::chrono::seconds(1));  // their coroutines end, and the server's
  report.superseded = need(ingest_counters(stack.http)).superseded - before.superseded;
}

Awaitable<> read_plain(asio::ip::tcp::socket& socket, std::size_t bytes, Rounds& rounds) {
  std::vector<char> buffer(4096);
  std::size_t received = 0;
  try {
    while (true) {
      const std::size_t before = received / bytes;
      received += co_await socket.async_read_some(asio::buffer(buffer), asio::use_awaitable);
      for (std::size_t event = before; event < received / bytes; ++event)
        rounds.arrived(static_cast<std::int64_t>(event), steady_clock::now());
    }
  } catch (const boost::system::system_error&) {
    // Closed at the end; what is missing until then shows in the counts.
  }
}

Awaitable<> to_plain_sockets(asio::io_context& context, const Stack& stack, const PlainWriter& writer,
                             const Options& options, Report& report) {
  const asio::ip::tcp::endpoint to(asio::ip::address_v4::loopback(), writer.port());
  asio::ip::tcp::socket control(context);
  co_await control.async_connect(to, asio::use_awaitable);
  control.set_option(asio::ip::tcp::no_delay(true));
  std::list<asio::ip::tcp::socket> sockets;
  Rounds rounds(options.events, options.sockets);
  for (std::int64_t i = 0; i < options.sockets; ++i) {
    auto& socket = sockets.emplace_back(socket_from(context, source_address(static_cast<std::size_t>(i), 1000)));
    co_await socket.async_connect(to, asio::use_awaitable);
    asio::co_spawn(context, read_plain(socket, options.bytes, rounds), asio::detached);
  }
  report.sockets = options.sockets;
  const CpuTimes begin;
  co_await play(options, rounds, [&](std::int64_t) { asio::write(control, asio::buffer("x", 1)); });
  const CpuTimes end;
  report.cpu = shares_of(stack, begin, end);
  report.writer = (end.processes.below(writer.pid()) - begin.processes.below(writer.pid())) / report.cpu.seconds;
  report.rounds = rounds.figures();
  for (auto& socket : sockets) socket.close();
  co_await sleep_for(std::chrono::milliseconds(200));
}

// Of one coroutine that may throw.
void run(asio::io_context& context, Awaitable<> work) {
  std::exception_ptr failure;
  asio::co_spawn(context, std::move(work), [&](std::exception_ptr thrown) {
    failure = std::move(thrown);
    context.stop();
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
}

Report measure(const std::string& status, const Options& options, bool plain) {
  const Stack stack = need(read_stack(status));
  raise_open_files(static_cast<std::uint64_t>(options.sockets) + 100);
  Report report;
  asio::io_context context(1);
  if (plain) {
    const PlainWriter writer(static_cast<std::size_t>(options.sockets), options.bytes);
    report.frame_bytes = static_cast<std::int64_t>(options.bytes);
    run(context, to_plain_sockets(context, stack, writer, options, report));
  } else {
    run(context, to_websockets(context, stack, need(json::read<Watchers>(status)).tokens, options, report));
  }
  return report;
}

}  // namespace
}  // namespace pitview::bench

int main(int argc, char** argv) {
  using namespace pitview;
  using namespace pitview::bench;
  CLI::App app("One event to many sockets; reads ./pit status --json on standard input");
  app.require_subcommand(1);
  Options options;
  auto* websockets = app.add_subcommand("websockets", "PitView: publish to everybody who watches");
  auto* plain = app.add_subcommand("plain", "A bare loop over plain sockets");
  for (auto* either : {websockets, plain}) {
    either->add_option("--sockets", options.sockets, "How many")->check(CLI::Range(1, 60'000));
    either->add_option("--events", options.events, "One after the other")
        ->check(CLI::Range(std::int64_t{1}, kMostEvents));
    either->add_option("--interval-ms", options.interval_ms, "Between them")->check(CLI::Range(1, 60'000));
  }
  plain->add_option("--bytes", options.bytes, "Of an event")->check(CLI::Range(1, 4096));
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  log::set_level("warning");
  try {
    std::cout << json::write(measure({std::istreambuf_iterator<char>(std::cin), {}}, options, bool(*plain))) << '\n';
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "pitview-bench-fanout: " << e.what() << '\n';
    return 1;
  }
}
