// The commands of pitview-kit, one function and one file each. They print what they
// did on standard output and throw KitError when they could not. With `dry_run`
// they say what they would do; then nothing is written, called or locked.
#pragma once

#include <filesystem>
#include <string>

#include "pitview/base/time.h"

namespace pitview::kit {

struct RegisterOptions {
  std::string server;
  std::string user;
  std::string name;
  std::string hw_rev;
  std::filesystem::path macs;
  int claim_days = 365;
  std::filesystem::path out;
  bool dry_run = false;
};
// Leaves OUT/batch.json. Where it is there already, nothing is asked of the server.
void register_batch(const RegisterOptions& options, const Clock& clock);

struct ImagesOptions {
  std::filesystem::path batch;
  std::filesystem::path out;
  bool again = false;
  bool dry_run = false;
};
// Leaves OUT/DEVICE.bin and OUT/DEVICE.csv for every device.
void write_images(const ImagesOptions& options, const Clock& clock);

struct LabelsOptions {
  std::filesystem::path batch;
  std::filesystem::path out;
  std::string sheet = "avery-l7160";
  bool dry_run = false;
};
void write_labels(const LabelsOptions& options);

struct FlashOptions {
  std::filesystem::path batch;
  std::filesystem::path firmware;
  std::string port = "/dev/ttyUSB0";
  bool again = false;
  bool dry_run = false;
};
// One board: the one at the port.
void flash_board(const FlashOptions& options, const Clock& clock);

void print_status(const std::filesystem::path& batch);

// Where the log and the lock of a batch are: beside batch.json.
inline std::filesystem::path directory_of(const std::filesystem::path& batch) {
  return batch.has_parent_path() ? batch.parent_path() : std::filesystem::path(".");
}

}  // namespace pitview::kit
