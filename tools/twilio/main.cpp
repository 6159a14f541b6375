// pitview-twilio: Twilio's Messages resource on loopback that sends nothing to anybody (README.md).
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "stand_in.h"

int main(int argc, char** argv) try {
  using namespace pitview;
  CLI::App cli{"Twilio's Messages resource for tests, in memory"};
  std::uint16_t port = 0;
  std::int32_t delay_ms = 0;
  messaging::StandInSettings settings;
  cli.add_option("--port", port, "On 127.0.0.1")->required();
  cli.add_option("--account-sid", settings.account_sid);
  cli.add_option("--auth-token", settings.auth_token);
  cli.add_option("--from", settings.senders, "Numbers that may send SMS");
  cli.add_option("--whatsapp-from", settings.whatsapp_senders, "Numbers that may send WhatsApp");
  cli.add_option("--messaging-service", settings.services, "Messaging services that there are");
  cli.add_option("--content-sid", settings.contents, "Templates that there are");
  cli.add_option("--callback-delay-ms", delay_ms, "Before each receipt");
  CLI11_PARSE(cli, argc, argv);
  if (settings.senders.empty() || settings.whatsapp_senders.empty()) throw std::runtime_error("there is no sender");

  settings.callback_delay = std::chrono::milliseconds(delay_ms);

  // Before there are threads: they inherit it.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const messaging::StandIn twilio(port, std::move(settings));
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "pitview-twilio: %s\n", e.what());
  return 1;
}
