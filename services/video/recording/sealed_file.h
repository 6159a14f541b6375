// A recording at rest: pieces of MP4, each sealed by itself (AES-256-GCM), so that any of them
// can be read without the others and whatever was written before a kill -9 stays readable.
//
//   file   "PVR1" | file key, sealed by the workshop's key for the file's name (60 bytes) | piece …
//   piece  head (28 bytes, big-endian) | sealed bytes (nonce 12, ciphertext, tag 16)
//   head   u32 size of the sealed bytes | u8 kind | 3 zero | i64 began, µs since 1970 UTC |
//          i64 decode time, ticks | u32 duration, ticks
//
// A piece is sealed for its head and its number in the file: one that was altered, moved or taken
// from another file does not open. A missing end is not noticed; the index knows how long it was.
// A file is never written to again after it was closed: what continues is another file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/crypto.h"
#include "recording/byte_source.h"
#include "recording/sealed_index.h"

namespace pitview::video {

class SealedFileWriter {
 public:
  // `name`: what the file is, wherever it lies. unavailable: it is there already, or the
  // disk refuses.
  static Result<SealedFileWriter> create(const std::filesystem::path& file, const crypto::Key256& workshop_key,
                                         std::string_view name);

  // All of it is in the file when this returns, or nothing. unavailable: the disk refuses.
  Result<> append(const Piece& piece, std::string_view bytes);

  // It survives a power cut. unavailable: the disk refuses.
  Result<> flush();

  std::uint64_t size() const noexcept { return size_; }

 private:
  SealedFileWriter(OwnedFile file, const crypto::Key256& key, std::uint64_t size)
      : file_(std::move(file)), key_(key), size_(size) {}

  OwnedFile file_;
  crypto::Key256 key_;
  std::uint64_t size_;
  std::uint64_t pieces_ = 0;
};

class SealedFileReader {
 public:
  using Entry = PieceEntry;

  // not_found: no such file. internal_error: none of ours, of another name, or of another key.
  static Result<SealedFileReader> open(const std::filesystem::path& file, const crypto::Key256& workshop_key,
                                       std::string_view name);
  // One that lies elsewhere, and whose index is known.
  static Result<SealedFileReader> open(std::unique_ptr<const ByteSource> source, SealedIndex index,
                                       const crypto::Key256& workshop_key, std::string_view name);

  // The whole pieces, as their heads say; what they say holds for those that can be read.
  const std::vector<Entry>& entries() const noexcept { return entries_; }
  // One thread at a time. Precondition: index < entries().size(). internal_error: it was altered.
  // unavailable: it cannot be got.
  Result<std::string> read(std::size_t index) const;

 private:
  SealedFileReader(std::unique_ptr<const ByteSource> source, std::vector<Entry> entries, const crypto::Key256& key)
      : source_(std::move(source)), entries_(std::move(entries)), key_(key) {}

  std::unique_ptr<const ByteSource> source_;
  std::vector<Entry> entries_;
  crypto::Key256 key_;
};

}  // namespace pitview::video
