// A bucket of recordings: read from, and kept like the catalogue.
#pragma once

#include "bucket/bucket_copier.h"
#include "bucket/stored_recordings.h"

namespace pitview::video {

struct BucketOptions {
  s3::Options store;
  std::string prefix;  // "" or "gateway-1/"
};

struct Bucket {
  // `catalogue` outlives it.
  Bucket(const BucketOptions& options, Catalogue& catalogue)
      : client(options.store),
        recordings(client, BucketNames(options.prefix)),
        copier(client, BucketNames(options.prefix), catalogue) {}

  s3::Client client;
  StoredRecordings recordings;
  BucketCopier copier;
};

}  // namespace pitview::video
