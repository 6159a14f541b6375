// Recordings in a bucket, opened with one request and read with one for each piece, or fewer where
// pieces are read one after the other. Any thread.
#pragma once

#include <list>
#include <mutex>
#include <string>
#include <utility>

#include "bucket/bucket_names.h"
#include "pitview/s3/client.h"
#include "recording/sealed_file.h"

namespace pitview::video {

class StoredRecordings {
 public:
  // `bucket` outlives it and what it opens.
  StoredRecordings(s3::Client& bucket, BucketNames names) : bucket_(bucket), names_(std::move(names)) {}

  // As the catalogue knows it, with its size. not_found: the bucket has no such recording. internal_error: none of
  // ours, or of another key.
  Result<SealedFileReader> open(const Recording& recording, const crypto::Key256& workshop_key);

 private:
  Result<SealedIndex> index_of(const std::string& object, std::uint64_t size);

  s3::Client& bucket_;
  const BucketNames names_;
  std::mutex mutex_;
  std::list<std::pair<std::string, SealedIndex>> opened_;  // the last ones, the latest first
};

}  // namespace pitview::video
