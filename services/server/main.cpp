// pitview-server: the command line. `pitview-server --help` lists the commands.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/server_app.h"
#include "demo/demo_setup.h"
#include "ota/release_signing.h"
#include "pitview/db/migrations.h"

namespace {

using namespace pitview;

int migrate(const app::Config& config) {
  if (config.database.owner_url == "-") throw std::runtime_error("migrate needs database.owner_url");
  const auto report = postgres::migrate(config.database.owner_url, db::migrations());
  for (const std::string& file : report.applied) std::printf("applied %s\n", file.c_str());
  std::printf("the database is at version %d\n", report.version);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App cli{"PitView server: API, live view and device ingest"};
  cli.require_subcommand(1);
  std::string config_file;
  const auto command = [&](const char* name, const char* what) {
    CLI::App* added = cli.add_subcommand(name, what);
    added->add_option("--config", config_file, "The TOML configuration file")->required();
    return added;
  };
  const CLI::App* serve = command("serve", "Run until SIGTERM or SIGINT");
  const CLI::App* migrate_command = command("migrate", "Bring the database to the newest schema");
  const CLI::App* check = command("check-config", "Read the configuration and its key files, then stop");
  CLI::App* demo = command("demo-setup", "Create the demo workshop and the files for its devices");
  demo::Options demo_options;
  demo->add_option("--output", demo_options.output, "Folder for the files")->required();
  demo->add_option("--rtsp-port", demo_options.rtsp_port, "Where the simulated cameras are");
  demo->add_option("--workshops", demo_options.workshops, "1, or 2 for a second tenant")->check(CLI::Range(1, 2));
  const CLI::App* openapi = cli.add_subcommand("openapi", "Print the OpenAPI document");
  CLI::App* release = cli.add_subcommand("release", "Firmware releases, where their private key is");
  release->require_subcommand(1);
  CLI::App* sign = release->add_subcommand("sign", "Print size, SHA-256 and signature of an image");
  std::string key_file, image_file, version, hw_rev;
  sign->add_option("--key", key_file, "The private key, P-256 in PEM")->required();
  sign->add_option("--image", image_file, "The firmware image")->required();
  sign->add_option("--version", version, "Of the image: 1.4.2")->required();
  sign->add_option("--hw-rev", hw_rev, "The board revision it is for")->required();
  CLI11_PARSE(cli, argc, argv);

  if (*openapi) {
    std::puts(app::openapi_document().c_str());
    return 0;
  }
  if (*sign) {
    std::fputs(ota::sign_release_file(key_file, image_file, version, hw_rev).c_str(), stdout);
    return 0;
  }
  const app::Config config = app::load_config(config_file);
  if (*serve) return app::ServerApp(config).run();
  if (*migrate_command) return migrate(config);
  if (*demo) return demo::set_up(config, demo_options), 0;
  if (*check) return app::load_keys(config), 0;
  return 1;
} catch (const std::exception& e) {
  std::fprintf(stderr, "pitview-server: %s\n", e.what());
  return 1;
}
