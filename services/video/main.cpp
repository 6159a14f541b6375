// pitview-video: the command line. `pitview-video --help` lists the commands.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/gateway.h"
#include "pitview/config/config.h"
#include "recording/export.h"

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
  CLI::App* export_file = command("export", "Write a recording to standard output as MP4, as far as it is whole");
  std::string recording;
  export_file->add_option("recording", recording, "A .pvr file below recordings.directory")->required();
  CLI11_PARSE(cli, argc, argv);

  const video::Config config = video::load_config(config_file);
  if (*serve) return video::Gateway(config).run();
  if (*export_file) return video::export_recording(config.recordings, recording, stdout);
  if (*check) {
    config::load_key(config.tokens.secret_file);
    config::load_key(config.control.secret_file);
    if (!config.recordings.directory.empty()) config::load_key(config.recordings.master_key_file);
    video::bucket_of(config.recordings.bucket);
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "pitview-video: %s\n", e.what());
  return 1;
}
