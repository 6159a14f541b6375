// pitview-push: a push service on loopback that forgets everything when it ends (README.md).
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "stand_in.h"

int main(int argc, char** argv) try {
  using namespace pitview;
  CLI::App cli{"A push service for tests, with the browsers behind it, in memory"};
  std::uint16_t port = 0;
  cli.add_option("--port", port, "On 127.0.0.1")->required();
  CLI11_PARSE(cli, argc, argv);

  // Before there are threads: they inherit it.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const web_push::StandIn service(port);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "pitview-push: %s\n", e.what());
  return 1;
}
