// pitview-kit: the factory's tool. Only reads the command line.
#include <CLI/CLI.hpp>
#include <csignal>
#include <functional>
#include <iostream>

#include "commands.h"

namespace {

using namespace pitview;
using namespace pitview::kit;

constexpr int kWrongCommandLine = 2;

// Every command: its options, and what it does once they are read.
struct Commands {
  SystemClock clock;
  RegisterOptions registering;
  ImagesOptions images;
  LabelsOptions labels;
  FlashOptions flash;
  std::filesystem::path status_batch;
  std::function<void()> chosen;
};

constexpr const char* kDryRun = "Say what would be done; write nothing, call nothing";
constexpr const char* kBatch = "batch.json of `register`, or one the server's operator has issued";

void add_register(CLI::App& app, Commands& commands) {
  RegisterOptions& options = commands.registering;
  CLI::App* command = app.add_subcommand("register", "Have the server issue identities for a list of boards");
  command->add_option("--server", options.server, "https://… of the server")->required();
  command->add_option("--user", options.user, "Account; its password: PITVIEW_KIT_PASSWORD, or asked for")->required();
  command->add_option("--name", options.name, "Name of the batch")->required();
  command->add_option("--hw-rev", options.hw_rev, "Revision of the boards")->required();
  command->add_option("--macs", options.macs, "File with a MAC address or device id a line")->required();
  command->add_option("--claim-days", options.claim_days, "How long the claim codes are good for")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  command->add_option("--out", options.out, "Directory for batch.json and the log")->required();
  command->add_flag("--dry-run", options.dry_run, kDryRun);
  command->callback(
      [&commands] { commands.chosen = [&commands] { register_batch(commands.registering, commands.clock); }; });
}

void add_images(CLI::App& app, Commands& commands) {
  ImagesOptions& options = commands.images;
  CLI::App* command = app.add_subcommand("images", "Write an NVS image and a CSV for every device");
  command->add_option("--batch", options.batch, kBatch)->required();
  command->add_option("--out", options.out, "Directory for them")->required();
  command->add_flag("--again", options.again, "Write identities that were written before");
  command->add_flag("--dry-run", options.dry_run, kDryRun);
  command->callback([&commands] { commands.chosen = [&commands] { write_images(commands.images, commands.clock); }; });
}

void add_labels(CLI::App& app, Commands& commands) {
  LabelsOptions& options = commands.labels;
  CLI::App* command = app.add_subcommand("labels", "Draw label sheets with QR codes");
  command->add_option("--batch", options.batch, kBatch)->required();
  command->add_option("--out", options.out, "The PDF")->required();
  command->add_option("--sheet", options.sheet, "avery-l7160, avery-l7159 or avery-l7163")->capture_default_str();
  command->add_flag("--dry-run", options.dry_run, kDryRun);
  command->callback([&commands] { commands.chosen = [&commands] { write_labels(commands.labels); }; });
}

void add_flash(CLI::App& app, Commands& commands) {
  FlashOptions& options = commands.flash;
  CLI::App* command = app.add_subcommand("flash", "Write firmware and identity to the board at a port");
  command->add_option("--batch", options.batch, kBatch)->required();
  command->add_option("--firmware", options.firmware, "Build directory of `idf.py build`")->required();
  command->add_option("--port", options.port, "Serial port")->capture_default_str();
  command->add_flag("--again", options.again, "Also a board that is done already");
  command->add_flag("--dry-run", options.dry_run, kDryRun);
  command->callback([&commands] { commands.chosen = [&commands] { flash_board(commands.flash, commands.clock); }; });
}

void add_status(CLI::App& app, Commands& commands) {
  CLI::App* command = app.add_subcommand("status", "Say how far each device is");
  command->add_option("--batch", commands.status_batch, kBatch)->required();
  command->add_flag("--dry-run", [](std::int64_t) {}, "As without it: status only reads");
  command->callback([&commands] { commands.chosen = [&commands] { print_status(commands.status_batch); }; });
}

}  // namespace

int main(int argc, char** argv) {
  Commands commands;
  CLI::App app("Identities, labels and firmware of PitView devices; see docs/guide/factory.md", "pitview-kit");
  app.require_subcommand(1);
  add_register(app, commands);
  add_images(app, commands);
  add_labels(app, commands);
  add_flash(app, commands);
  add_status(app, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kWrongCommandLine;
  }
  // A limit on file sizes is an error of write(), as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    commands.chosen();
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "pitview-kit: " << e.what() << '\n';
    return 1;
  }
}
