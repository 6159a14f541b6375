#include "support.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "child.h"

namespace pitview::kit::testing {

ScratchDirectory::ScratchDirectory() {
  std::string name = (fs::temp_directory_path() / "pitview-kit-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() { fs::remove_all(path_); }

void write_text(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

unsigned permissions_of(const fs::path& path) { return static_cast<unsigned>(fs::status(path).permissions()); }

std::string sample_device_id(std::size_t index) {
  char id[32];
  std::snprintf(id, sizeof id, "ESP32-A4CF12B3%04zX", 0xD4E5 + index);
  return id;
}

std::string sample_mac(std::size_t index) {
  char mac[32];
  const std::size_t tail = 0xD4E5 + index;
  std::snprintf(mac, sizeof mac, "a4:cf:12:b3:%02zx:%02zx", tail >> 8, tail & 255);
  return mac;
}

Batch sample_batch(std::size_t devices) {
  Batch batch{.batch_id = 7,
              .name = "2026-11-A",
              .hw_rev = "E",
              .api_url = "https://app.pitview.example",
              .mqtt_host = "mqtt.pitview.example",
              .mqtt_port = 8883,
              .mqtt_tls = true,
              .devices = {}};
  for (std::size_t i = 0; i < devices; ++i) {
    const std::string id = sample_device_id(i);
    char code[16], key[80], bare[16];
    std::snprintf(code, sizeof code, "K7QF-%04zu-XT", i);
    std::snprintf(bare, sizeof bare, "K7QF%04zuXT", i);
    std::snprintf(key, sizeof key, "%064zx", 0xabcdef + i);
    batch.devices.push_back({.device_id = id,
                             .license_key = "LIC-4F8D-9K2M-" + std::to_string(1000 + i),
                             .mqtt_username = id,
                             .mqtt_password = "broker-secret-" + std::to_string(i),
                             .command_key = key,
                             .claim_code = code,
                             .claim_url = "https://app.pitview.example/claim#" + id + "/" + bare,
                             .claim_expires_at = parse_iso8601("2027-11-25T00:00:00Z").value()});
  }
  return batch;
}

std::string shell(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  std::array<char, 4096> piece{};
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), pipe)) output.append(piece.data(), count);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return output;
}

Outcome run_kit(const Call& call) {
  const ScratchDirectory output;
  const pid_t child = start_kit(call, output / "out", output / "err");
  const int status = wait_for_child(child);
  return {status, read_text(output / "out"), read_text(output / "err")};
}

RunningKit::RunningKit(const Call& call) : pid_(start_kit(call, "/dev/null", "/dev/null")) {}

RunningKit::~RunningKit() { kill(); }

void RunningKit::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  wait_for_child(pid_);
  pid_ = 0;
}

void wait_for_lock(const fs::path& directory) {
  const int fd = ::open((directory / "kit.lock").c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return;  // never taken
  EXPECT_EQ(::flock(fd, LOCK_EX), 0);
  ::close(fd);
}

}  // namespace pitview::kit::testing
