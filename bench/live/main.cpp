// pitview-bench-live: publish → WebSocket latency beside publish → MQTT subscriber
// latency, in one run (bench/README.md). Reads `./pit status --json` on standard
// input, prints one JSON object; bench/live.ts makes the table of it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>
#include <iterator>
#include <thread>

#include "broker_subscriber.h"
#include "http_client.h"
#include "live_client.h"
#include "message.h"
#include "need.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"
#include "publisher.h"
#include "server_metrics.h"
#include "usage.h"

namespace pitview::bench {

struct Receiver {
  std::int64_t received = 0;
  std::int64_t missing = 0;
  std::int64_t again = 0;  // messages that came once more
  Percentiles latency;
};
BOOST_DESCRIBE_STRUCT(Receiver, (), (received, missing, again, latency))

struct Report {
  std::int64_t rate = 0;
  double seconds = 0;
  std::int64_t sent = 0;  // warm-up included, as in the counts below
  std::int64_t confirmed = 0;
  std::int64_t stored = 0;
  std::int64_t refused = 0;
  std::int64_t superseded = 0;  // by a newer reading of the pit, before it went to the WebSocket
  std::string first_failure;
  std::string live_lost;
  Timestamp measured_from;
  Timestamp measured_to;
  Percentiles generator_late;
  Receiver broker;
  Receiver live;
  Percentiles added;  // by how much the WebSocket had a message later than the subscriber
  CpuShares cpu;
  double server_us_per_message = 0;
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (rate, seconds, sent, confirmed, stored, refused, superseded, first_failure, live_lost,
                       measured_from, measured_to, generator_late, broker, live, added, cpu, server_us_per_message))

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLead{500};  // between the last connection and the first message
constexpr std::chrono::seconds kDrainLimit{20};

struct Options {
  std::int64_t rate = 1000;
  std::int64_t seconds = 30;
  std::int64_t warm_up_seconds = 2;
  std::string broker_username = "pitview-server";
  std::string broker_password_file;
};

Receiver receiver_of(const Arrivals& arrivals, const Plan& plan) {
  return {arrivals.distinct(), arrivals.total() - arrivals.distinct(), arrivals.again(), arrivals.latency(plan)};
}

// Until both receivers have everything and the database has committed it, or nothing
// more can be expected.
IngestCounters drain(const Stack& stack, const Arrivals& broker, const Arrivals& live, const IngestCounters& before,
                     std::int64_t total) {
  const auto deadline = steady_clock::now() + kDrainLimit;
  while (true) {
    const IngestCounters now = need(ingest_counters(stack.http));
    const bool shown = live.distinct() + now.superseded - before.superseded >= total;
    const bool stored = now.stored - before.stored >= total;
    if ((broker.complete() && shown && stored) || steady_clock::now() > deadline) return now;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

Report measure(const Stack& stack, const Options& options) {
  Plan plan{.rate = options.rate,
            .warm_up = options.rate * options.warm_up_seconds,
            .total = options.rate * (options.warm_up_seconds + options.seconds),
            .devices = static_cast<std::int64_t>(stack.devices.size())};
  if (plan.total / plan.devices > kMaxOrdinal) throw std::runtime_error("too many messages: fewer seconds, please");

  Arrivals at_subscriber(plan.total);
  Arrivals at_browser(plan.total);
  BrokerSubscriber subscriber(stack, options.broker_username, first_line(options.broker_password_file), at_subscriber);
  LiveClient live(stack, need(live_ticket(stack.http, *stack.owner())), at_browser);
  subscriber.start();
  live.start();

  const IngestCounters before = need(ingest_counters(stack.http));
  const SystemClock clock;
  const auto boot_id =
      static_cast<std::int32_t>(clock.now().time_since_epoch() / std::chrono::seconds(1) % 2'000'000'000);
  Publisher publisher(stack, boot_id);
  CpuTimes cpu_before;
  publisher.run([&] {
    cpu_before = CpuTimes();
    plan.start = steady_clock::now() + kLead;
    plan.start_wall = clock.now() + kLead;
    return plan;
  });
  const IngestCounters after = drain(stack, at_subscriber, at_browser, before, plan.total);
  const CpuTimes cpu_after;
  live.stop();
  subscriber.stop();

  const int server = stack.pids.server.value_or(0);
  const double server_s = cpu_after.processes.below(server) - cpu_before.processes.below(server);
  return {.rate = plan.rate,
          .seconds = static_cast<double>(options.seconds),
          .sent = plan.total,
          .confirmed = publisher.confirmed(),
          .stored = after.stored - before.stored,
          .refused = after.refused - before.refused,
          .superseded = after.superseded - before.superseded,
          .first_failure = publisher.first_failure(),
          .live_lost = live.lost(),
          .measured_from = plan.due_wall(plan.warm_up),
          .measured_to = plan.due_wall(plan.total),
          .generator_late = publisher.lateness(),
          .broker = receiver_of(at_subscriber, plan),
          .live = receiver_of(at_browser, plan),
          .added = at_browser.later_than(at_subscriber, plan),
          .cpu = shares_of(stack, cpu_before, cpu_after),
          .server_us_per_message = server_s * 1e6 / static_cast<double>(plan.total)};
}

}  // namespace
}  // namespace pitview::bench

int main(int argc, char** argv) {
  using namespace pitview;
  using namespace pitview::bench;
  CLI::App app("Publish to WebSocket latency; reads ./pit status --json on standard input");
  Options options;
  app.add_option("--rate", options.rate, "Messages a second, all devices together")->check(CLI::Range(1, 50'000));
  app.add_option("--seconds", options.seconds, "How long is measured")->check(CLI::Range(1, 3'600));
  app.add_option("--warm-up", options.warm_up_seconds, "Seconds before that")->check(CLI::Range(0, 600));
  app.add_option("--broker-username", options.broker_username, "Who may subscribe to workshop/#");
  app.add_option("--broker-password-file", options.broker_password_file, "Its password")->required();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  log::set_level("warning");
  try {
    const std::string status{std::istreambuf_iterator<char>(std::cin), {}};
    std::cout << json::write(measure(need(read_stack(status)), options)) << '\n';
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "pitview-bench-live: " << e.what() << '\n';
    return 1;
  }
}
