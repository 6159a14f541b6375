// A file of a clip while it is written: there as a whole, or not at all. One thread.
#pragma once

#include <optional>

#include "recording/catalogue.h"
#include "recording/sealed_file.h"

namespace pitview::video {

class ClipFile {
 public:
  // `catalogue` outlives it.
  ClipFile(Catalogue& catalogue, RecordingName name) : catalogue_(catalogue), name_(std::move(name)) {}
  ClipFile(const ClipFile&) = delete;
  ClipFile& operator=(const ClipFile&) = delete;
  // What was begun and not kept goes.
  ~ClipFile();

  // Each: unavailable, the disk refuses.
  Result<> begin(const crypto::Key256& workshop_key);
  Result<> append(const Piece& piece, std::string_view bytes) { return writer_->append(piece, bytes); }
  // From now on it is known, and survives a power cut. Its bytes.
  Result<std::uint64_t> keep(Timestamp ended);

 private:
  Catalogue& catalogue_;
  const RecordingName name_;
  std::optional<SealedFileWriter> writer_;
};

// What an attempt that was interrupted has left of a clip, known or not.
void clear_clip(Catalogue& catalogue, const std::string& workshop, const std::string& clip);

}  // namespace pitview::video
