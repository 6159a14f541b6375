// What the tests of the kit share: a directory that goes away, a batch, and the
// real binary as a child process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batch.h"

namespace pitview::kit::testing {

namespace fs = std::filesystem;

class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  fs::path operator/(std::string_view name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_text(const fs::path& path, std::string_view text);
std::string read_text(const fs::path& path);  // "" when it is not there
std::vector<std::string> lines_of(std::string_view text);
unsigned permissions_of(const fs::path& path);

// "ESP32-A4CF12B3D4E5", …E6, …
std::string sample_device_id(std::size_t index);
std::string sample_mac(std::size_t index);  // the same, as esptool prints it
// Every value of every device is different.
Batch sample_batch(std::size_t devices);

struct Call {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::optional<std::size_t> max_file_bytes;  // a disk that is full there
};

struct Outcome {
  int status = 0;  // exit code, 128 + signal
  std::string out;
  std::string err;
};

// Runs pitview-kit to its end.
Outcome run_kit(const Call& call);

// Runs it until it is about to make its `n`-th (from 1) change to the disk, or to
// start a program, and kills it there with SIGKILL. False: it had ended before.
bool kill_kit_before_change(const Call& call, std::size_t n);

// A kit that is still running. The destructor kills it.
class RunningKit {
 public:
  explicit RunningKit(const Call& call);
  ~RunningKit();
  RunningKit(const RunningKit&) = delete;
  RunningKit& operator=(const RunningKit&) = delete;
  void kill();

 private:
  pid_t pid_;
};

// Waits until nobody works on the batch in this directory any more.
void wait_for_lock(const fs::path& directory);

// Standard output of a shell command; fails the test when its status is not 0.
std::string shell(const std::string& command);

}  // namespace pitview::kit::testing
