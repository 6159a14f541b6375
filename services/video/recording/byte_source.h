// Where the bytes of a recording lie, on the disk or elsewhere. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "pitview/base/result.h"
#include "recording/owned_file.h"

namespace pitview::video {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const noexcept = 0;
  // Fewer than `size`: it ends there. unavailable: they cannot be got.
  virtual Result<std::string> read(std::uint64_t offset, std::size_t size) const = 0;
};

class LocalFile final : public ByteSource {
 public:
  // not_found: there is no such file. unavailable: the disk refuses.
  static Result<std::unique_ptr<LocalFile>> open(const std::filesystem::path& file);

  std::uint64_t size() const noexcept override { return size_; }  // when it was opened
  Result<std::string> read(std::uint64_t offset, std::size_t size) const override;

 private:
  LocalFile(OwnedFile file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  OwnedFile file_;
  std::uint64_t size_;
};

}  // namespace pitview::video
