// pitview-video: the command line. `pitview-video --help` lists the commands.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/gateway.h"
#include "pitview/config/config.h"
#include "pitview/video/stream_token.h"

int main(int argc, char** argv) try {
  using namespace pitview;
  CLI::App cli{"PitView video: cameras in, viewers out"};
  cli.require_subcommand(1);
  std::string config_file;
  const auto command = [&](const char* name, const char* what) {
    CLI::App* added = cli.add_subcommand(name, what);
    added->add_option("--config", config_file, "The TOML configuration file")->required();
    return added;
  };
  const CLI::App* serve = command("serve", "Run until SIGTERM or SIGINT");
  const CLI::App* check = command("check-config", "Read the configuration and its key files, then stop");
  CLI11_PARSE(cli, argc, argv);

  const video::Config config = video::load_config(config_file);
  if (*serve) return video::Gateway(config).run();
  if (*check) {
    config::load_key(config.tokens.secret_file);
    config::load_key(config.control.secret_file);
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "pitview-video: %s\n", e.what());
  return 1;
}
