// pitview-bench-ingest: messages a second at saturation, to a committed row or to one of
// the two limits that stand in its way (bench/README.md). Reads `./pit status --json`
// with the devices of the benchmark on standard input, prints one JSON object;
// bench/ingest.ts makes the table of them.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <iterator>

#include "copy_rows.h"
#include "counting_subscriber.h"
#include "need.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"
#include "saturation.h"
#include "server_metrics.h"

namespace pitview::bench {
namespace {

struct Options {
  std::string broker_username = "pitview-server";
  std::string broker_password_file;
  std::size_t connections = 40;
  std::int64_t warm_up_seconds = 5;
  std::int64_t seconds = 25;
  std::int64_t window = 12'000;
  std::int32_t boot_id = 1;
  CopyOptions copy;
};

SaturationOptions saturation_of(const Options& options) {
  return {.warm_up = std::chrono::seconds(options.warm_up_seconds),
          .measured = std::chrono::seconds(options.seconds),
          .window = options.window};
}

Flood::Options flood_of(const Options& options, std::string topic_end) {
  return {.username = options.broker_username,
          .password = first_line(options.broker_password_file),
          .connections = options.connections,
          .topic_end = std::move(topic_end),
          .boot_id = options.boot_id};
}

// The same messages on topics that the server does not take.
Saturated broker_alone(const Stack& stack, const Options& options) {
  static constexpr std::string_view kTopicEnd = "bench";
  CountingSubscriber subscriber(stack.mqtt, options.broker_username, first_line(options.broker_password_file),
                                "workshop/+/pit/+/" + std::string(kTopicEnd));
  subscriber.start();
  Flood flood(stack, flood_of(options, std::string(kTopicEnd)));
  return saturate(stack, flood, saturation_of(options), [&] { return Progress{.done = subscriber.received()}; });
}

Saturated to_committed_row(const Stack& stack, const Options& options) {
  Flood flood(stack, flood_of(options, "sensors"));
  return saturate(stack, flood, saturation_of(options), [&] {
    const IngestCounters now = need(ingest_counters(stack.http));
    return Progress{now.done(), now.batches};
  });
}

}  // namespace
}  // namespace pitview::bench

int main(int argc, char** argv) {
  using namespace pitview;
  using namespace pitview::bench;
  CLI::App app("Messages a second at saturation; reads ./pit status --json on standard input");
  app.require_subcommand(1);
  Options options;
  auto* broker = app.add_subcommand("broker", "Mosquitto alone: publish to one plain subscriber");
  auto* ingest = app.add_subcommand("ingest", "PitView: publish to committed row");
  for (auto* saturated : {broker, ingest}) {
    saturated->add_option("--broker-username", options.broker_username, "Who may use workshop/#");
    saturated->add_option("--broker-password-file", options.broker_password_file, "Its password")->required();
    saturated->add_option("--connections", options.connections, "Connections of the devices")
        ->check(CLI::Range(1, 5'000));
    saturated->add_option("--warm-up", options.warm_up_seconds, "Seconds that are not measured")
        ->check(CLI::Range(0, 600));
    saturated->add_option("--seconds", options.seconds, "Seconds that are")->check(CLI::Range(1, 3'600));
    saturated->add_option("--window", options.window, "Messages on the way at most")->check(CLI::Range(1, 45'000));
    saturated->add_option("--boot-id", options.boot_id, "Of all readings of this run");
  }
  auto* copy = app.add_subcommand("copy", "PostgreSQL alone: binary COPY");
  copy->add_option("--url", options.copy.url, "The database")->required();
  copy->add_option("--rows", options.copy.rows, "The query for the rows")->required();
  copy->add_option("--table", options.copy.table, "Where they go")->required();
  copy->add_option("--batch", options.copy.batch, "Rows of a COPY")->check(CLI::Range(1, 1'000'000));
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  log::set_level("warning");
  try {
    const Stack stack = need(read_stack(std::string{std::istreambuf_iterator<char>(std::cin), {}}));
    if (*copy)
      std::cout << json::write(copy_rows(stack, options.copy)) << '\n';
    else
      std::cout << json::write(*broker ? broker_alone(stack, options) : to_committed_row(stack, options)) << '\n';
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "pitview-bench-ingest: " << e.what() << '\n';
    return 1;
  }
}
