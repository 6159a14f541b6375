// What was removed here and is still in the bucket, in a file each, so that it is not forgotten to be removed there:
// <directory>/.gone/<workshop>/<path>/<began>-<ended>, ms since 1970.
#pragma once

#include <filesystem>
#include <vector>

#include "recording/recording.h"

namespace pitview::video {

class Tombstones {
 public:
  explicit Tombstones(const std::filesystem::path& directory) : directory_(directory / ".gone") {}

  // False: the disk refuses.
  bool put(const Recording& recording) const;
  void remove(const Recording& recording) const;
  std::vector<Recording> find() const;

 private:
  std::filesystem::path file_of(const Recording& recording) const;

  std::filesystem::path directory_;
};

}  // namespace pitview::video
