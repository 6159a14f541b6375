#include "esptool.h"

#include <cstdio>
#include <optional>

#include "device_list.h"
#include "error.h"
#include "process.h"

namespace pitview::kit {
namespace {

constexpr std::string_view kBaud = "460800";
// Between two runs the board waits in its boot loader: started in between, the
// firmware would change what is to be verified (otadata, nvs).
constexpr std::string_view kStay = "no_reset";
constexpr std::string_view kStart = "hard_reset";

// Calls f with every line, without white space at its ends.
template <class F>
void for_each_line(std::string_view text, F f) {
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    std::string_view line = text.substr(0, end);
    const auto first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos) f(line.substr(first, line.find_last_not_of(" \t") - first + 1));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

std::string last_line(std::string_view output) {
  std::string last = "it said nothing";
  for_each_line(output, [&](std::string_view line) { last = plain_line(line); });
  return last;
}

Ended run_checked(const std::vector<std::string>& command, std::string_view what) {
  Ended ended = run_program(command);
  if (ended.status != 0)
    throw KitError("esptool could not " + std::string(what) + " (status " + std::to_string(ended.status) +
                   "): " + last_line(ended.output));
  return ended;
}

void check_same_board(const Ended& ended, std::string_view device_id) {
  if (const std::string now = device_id_in(ended.output); now != device_id)
    throw KitError("the board was changed under way: " + now + " instead of " + std::string(device_id));
}

void add_files(std::vector<std::string>& command, const std::vector<FlashFile>& files) {
  for (const FlashFile& file : files) {
    char offset[16];
    std::snprintf(offset, sizeof offset, "0x%x", file.offset);
    command.emplace_back(offset);
    command.push_back(file.path.string());
  }
}

}  // namespace

std::string device_id_in(std::string_view esptool_output) {
  constexpr std::string_view kLabel = "MAC:";
  std::optional<std::string> found;
  for_each_line(esptool_output, [&](std::string_view line) {
    if (!line.starts_with(kLabel)) return;
    line.remove_prefix(kLabel.size());
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    auto id = device_id_of_mac(line);
    if (!id) throw KitError("esptool names no MAC address: " + plain_line(line));
    if (found && *found != *id) throw KitError("esptool names two boards: " + *found + " and " + *id);
    found = std::move(id);
  });
  if (!found) throw KitError("esptool did not say which board it talks to");
  return *found;
}

Esptool::Esptool(const FirmwareBuild& build, std::string port) : build_(build), port_(std::move(port)) {
  auto program = find_program({"esptool.py", "esptool"});
  if (!program) throw KitError("esptool is not installed: pip install esptool, or use IDF's terminal");
  program_ = std::move(*program);
}

std::vector<std::string> Esptool::command(std::string_view after, std::string_view name) const {
  std::vector<std::string> arguments = {program_,      "--chip",  build_.chip,        "--port",
                                        port_,         "--baud",  std::string(kBaud), "--before",
                                        build_.before, "--after", std::string(after)};
  if (!build_.stub) arguments.emplace_back("--no-stub");
  arguments.emplace_back(name);
  return arguments;
}

std::vector<std::string> Esptool::write_command(const std::vector<FlashFile>& files) const {
  auto arguments = command(kStay, "write_flash");
  arguments.insert(arguments.end(), build_.write_flash_args.begin(), build_.write_flash_args.end());
  add_files(arguments, files);
  return arguments;
}

std::vector<std::string> Esptool::verify_command(const std::vector<FlashFile>& files, std::string_view after) const {
  auto arguments = command(after, "verify_flash");
  arguments.insert(arguments.end(), build_.verify_flash_args.begin(), build_.verify_flash_args.end());
  add_files(arguments, files);
  return arguments;
}

std::string Esptool::read_device_id() const {
  return device_id_in(run_checked(command(kStay, "read_mac"), "read the board's MAC address").output);
}

void Esptool::write(const std::vector<FlashFile>& files, std::string_view device_id) const {
  check_same_board(run_checked(write_command(files), "write the board"), device_id);
}

void Esptool::verify(const std::vector<FlashFile>& files, std::string_view device_id) const {
  check_same_board(run_checked(verify_command(files, kStart), "verify the board"), device_id);
}

bool Esptool::holds(const FlashFile& file, std::string_view device_id) const {
  const Ended ended = run_program(verify_command({file}, kStay));
  check_same_board(ended, device_id);
  return ended.status == 0;
}

}  // namespace pitview::kit
