// A file of cold storage while it is written: gzip of lines of text, beside its
// final name until it is whole, on the disk and read back. docs/reference/archive.md
// says what is in it.
//
// Blocks; std::system_error when the disk refuses (full, read-only, away), with the
// unfinished file taken away. std::runtime_error when it does not read back as written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "pitview/base/crypto.h"

namespace pitview::archive {

struct Written {
  std::int64_t lines = 0;   // the heading is none
  std::int64_t bytes = 0;   // of the compressed file
  crypto::Sha256 sha256{};  // of the text

  friend bool operator==(const Written&, const Written&) = default;
};

class ArchiveFile {
 public:
  // Makes the folders above `file`. A file of that name is replaced by finish().
  ArchiveFile(std::filesystem::path file, std::string_view heading);
  ~ArchiveFile();

  // Whole lines, each with its end.
  void write(std::string_view lines);

  // Onto the disk, read back and compared, under its final name, the folder onto the
  // disk too. Afterwards there is nothing left to do.
  Written finish();

 private:
  struct Handle;
  std::filesystem::path file_;
  std::filesystem::path unfinished_;
  std::unique_ptr<Handle> handle_;
};

// What a finished file holds. std::runtime_error when it is damaged.
Written read_back(const std::filesystem::path& file);

}  // namespace pitview::archive
