// Reads recordings: what there is of a time, and its pieces. It reads disks and computes, so not on the
// thread that has packets to send; any other, several at once.
#pragma once

#include <mutex>
#include <vector>

#include "bucket/stored_recordings.h"
#include "pitview/video/recorded_range.h"
#include "recording/catalogue.h"
#include "recording/sealed_file.h"
#include "recording/workshop_keys.h"

namespace pitview::video {

// Pictures without a gap: pieces of one file.
struct Span {
  RecordingName name;
  SealedFileReader file;
  std::size_t first = 0;  // a piece that begins with a key frame
  std::size_t end = 0;    // behind the last

  Timestamp began() const { return file.entries()[first].piece.began; }
  Timestamp ended() const { return end_of(file.entries()[end - 1].piece); }
};

class Library {
 public:
  // Both outlive it. `stored`: null when there is no bucket.
  Library(const Catalogue& catalogue, const crypto::Key256& master, StoredRecordings* stored = nullptr)
      : catalogue_(catalogue), stored_(stored), keys_(catalogue.directory(), master) {}

  // What there is of this time, from the key frames before it on, the oldest first. A file that is gone by now, or
  // cannot be opened, is a gap. not_found: nothing at all.
  Result<std::vector<Span>> find(const RecordedRange& range);
  // not_found: there is none that has to do with this time.
  Result<Span> find(const RecordedRange& range, Timestamp began);

  // What a recording that the catalogue named has of this time; empty: nothing, or it cannot be opened.
  std::optional<Span> open(const Recording& recording, const RecordedRange& range);

  const Catalogue& catalogue() const noexcept { return catalogue_; }
  // The key of a workshop that has recordings.
  Result<crypto::Key256> key_of(const std::string& workshop);

 private:
  Result<SealedFileReader> open(const Recording& recording);

  const Catalogue& catalogue_;
  StoredRecordings* stored_;
  std::mutex mutex_;
  WorkshopKeys keys_;
};

}  // namespace pitview::video
