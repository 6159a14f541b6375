// pitview-bench-video: many who watch one camera through the gateway or Janus, or the
// least that sending as much to as many costs (bench/README.md). Prints one JSON object.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "cpu.h"
#include "crowd.h"
#include "pitview/json/write.h"
#include "plain_fanout.h"
#include "plain_sealing.h"
#include "watcher.h"

namespace pitview::bench {

struct WatchReport {
  std::int64_t viewers = 0;
  double seconds = 0;
  double server_cpu_seconds = 0;
  double join_cpu_ms = 0;  // of the server, each
  std::int64_t packets = 0;
  std::int64_t bytes = 0;
  std::int64_t frames = 0;
  std::int64_t lost = 0;
  double join_ms_p50 = 0;
  double join_ms_p95 = 0;
  double first_frame_ms_p50 = 0;
  double first_frame_ms_p95 = 0;
};
BOOST_DESCRIBE_STRUCT(WatchReport, (),
                      (viewers, seconds, server_cpu_seconds, join_cpu_ms, packets, bytes, frames, lost, join_ms_p50,
                       join_ms_p95, first_frame_ms_p50, first_frame_ms_p95))

struct PlainReport {
  double cpu_seconds = 0;
  double seconds = 0;
  std::int64_t packets = 0;
};
BOOST_DESCRIBE_STRUCT(PlainReport, (), (cpu_seconds, seconds, packets))

struct SealReport {
  double cpu_seconds = 0;
  std::int64_t pieces = 0;
};
BOOST_DESCRIBE_STRUCT(SealReport, (), (cpu_seconds, pieces))

namespace {

constexpr int kCheckEvery = 5;  // seconds

struct WatchOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::vector<std::string> targets;  // of WHEP, one for each eight viewers: a session has no more; none: Janus
  int viewers = 10;
  int seconds = 10;
  int server = 0;
};

double percentile(std::vector<std::int64_t> us, double share) {
  if (us.empty()) return 0;
  std::sort(us.begin(), us.end());
  return static_cast<double>(us[static_cast<std::size_t>(share * static_cast<double>(us.size() - 1))]) / 1000;
}

Counted sum(const std::vector<std::unique_ptr<Watcher>>& watchers) {
  Counted all;
  for (const auto& watcher : watchers) {
    all.packets += watcher->counted().packets;
    all.bytes += watcher->counted().bytes;
    all.frames += watcher->counted().frames;
    all.lost += watcher->counted().lost;
  }
  return all;
}

WatchReport watch(const WatchOptions& options) {
  const DtlsClients dtls;
  std::vector<std::unique_ptr<Watcher>> watchers(static_cast<std::size_t>(options.viewers));
  std::atomic<std::size_t> joined = 0;
  int seconds = 0;
  Crowd crowd([&](std::size_t i, std::span<const std::uint8_t> datagram) { watchers[i]->take(datagram); },
              [&] {
                if (++seconds % kCheckEvery != 0) return;
                for (std::size_t i = 0; i < joined; ++i) watchers[i]->check();
              });
  const Address server{options.host, options.port};
  const double before = ProcessTimes::read().below(options.server);
  constexpr std::size_t kOfSession = 8;
  for (std::size_t i = 0; i < watchers.size(); ++i) {
    const auto signalling = options.targets.empty()
                                ? over_janus(server)
                                : over_whep(server, options.targets[(i / kOfSession) % options.targets.size()]);
    watchers[i] = std::make_unique<Watcher>(dtls, *signalling);
    crowd.add(i, watchers[i]->socket());
    joined = i + 1;
  }
  WatchReport report{.viewers = options.viewers};
  report.join_cpu_ms = (ProcessTimes::read().below(options.server) - before) * 1000 / options.viewers;
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const Counted first = sum(watchers);
  const double cpu = ProcessTimes::read().below(options.server);
  const auto began = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  const Counted last = sum(watchers);
  report.server_cpu_seconds = ProcessTimes::read().below(options.server) - cpu;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  report.packets = last.packets - first.packets;
  report.bytes = last.bytes - first.bytes;
  report.frames = last.frames - first.frames;
  report.lost = last.lost - first.lost;
  std::vector<std::int64_t> joins;
  std::vector<std::int64_t> firsts;
  for (const auto& watcher : watchers) {
    joins.push_back(watcher->join_us());
    if (watcher->first_frame_us() > 0) firsts.push_back(watcher->first_frame_us());
    watcher->leave();
  }
  report.join_ms_p50 = percentile(joins, 0.5);
  report.join_ms_p95 = percentile(joins, 0.95);
  report.first_frame_ms_p50 = percentile(firsts, 0.5);
  report.first_frame_ms_p95 = percentile(firsts, 0.95);
  return report;
}

}  // namespace
}  // namespace pitview::bench

int main(int argc, char** argv) try {
  using namespace pitview::bench;
  CLI::App cli{"Many who watch one camera"};
  cli.require_subcommand(1);
  WatchOptions watching;
  CLI::App* watch_command = cli.add_subcommand("watch", "Join, and count what comes");
  watch_command->add_option("--port", watching.port, "Of the server's HTTP")->required();
  watch_command->add_option("--target", watching.targets,
                            "Paths of WHEP with a token, one for each session; left out: the server is Janus");
  watch_command->add_option("--viewers", watching.viewers, "So many");
  watch_command->add_option("--seconds", watching.seconds, "So long, once all have joined");
  watch_command->add_option("--server", watching.server, "Its process id")->required();
  FanoutLoad load;
  CLI::App* plain = cli.add_subcommand("plain", "Encrypt and send in a bare loop");
  plain->add_option("--viewers", load.viewers)->required();
  plain->add_option("--pictures", load.pictures_per_second)->required();
  plain->add_option("--packets", load.packets_per_picture)->required();
  plain->add_option("--bytes", load.bytes_per_packet)->required();
  plain->add_option("--seconds", load.seconds)->required();
  SealingLoad sealing;
  CLI::App* seal = cli.add_subcommand("seal", "Encrypt and write in a bare loop");
  seal->add_option("--file", sealing.file, "Made, and deleted behind it")->required();
  seal->add_option("--bytes", sealing.bytes_per_piece)->required();
  seal->add_option("--pieces", sealing.pieces)->required();
  CLI11_PARSE(cli, argc, argv);
  if (*watch_command) {
    std::puts(pitview::json::write(watch(watching)).c_str());
  } else if (*seal) {
    const SealingCost cost = seal_plainly(sealing);
    std::puts(pitview::json::write(SealReport{cost.cpu_seconds, cost.pieces}).c_str());
  } else {
    const FanoutCost cost = send_plainly(load);
    std::puts(pitview::json::write(PlainReport{cost.cpu_seconds, cost.seconds, cost.packets}).c_str());
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "pitview-bench-video: %s\n", e.what());
  return 1;
}
