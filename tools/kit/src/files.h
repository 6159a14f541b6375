// Files with secrets in them: readable by their owner only, and on disk before
// anything relies on them. Everything throws KitError.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pitview::kit {

// A file descriptor that is closed in the end. -1: none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }

  int get() const noexcept { return fd_; }
  void close() noexcept;

 private:
  int fd_ = -1;
};

std::string read_file(const std::filesystem::path& path);

// Creates the directory and its parents for the owner only.
void make_private_directory(const std::filesystem::path& path);

// All of `bytes`, at the descriptor's position.
void write_all(int fd, std::string_view bytes, const std::filesystem::path& path);
void sync_file(int fd, const std::filesystem::path& path);
void sync_directory(const std::filesystem::path& path);

// The file is either complete and on disk, or what was there before: written
// beside it (path + ".new"), synchronised, renamed. Mode 0600.
void write_private_file(const std::filesystem::path& path, std::string_view bytes);

// One kit at a time works on the batch in this directory. Held until the object
// is gone, and by children that are still running: an esptool that survived its
// kit keeps the next one away from the board.
class BatchLock {
 public:
  // Throws when another one holds it.
  explicit BatchLock(const std::filesystem::path& directory);

 private:
  Descriptor file_;
};

}  // namespace pitview::kit
